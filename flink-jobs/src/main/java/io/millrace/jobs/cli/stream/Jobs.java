package io.millrace.jobs.cli.stream;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.embedded.EmbeddedFlink;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Jobs on a cluster in this process; those that still run are cancelled on close. */
public final class Jobs implements AutoCloseable {

    private final EmbeddedFlink flink;
    private final List<JobClient> submitted = new ArrayList<>();

    public Jobs(EmbeddedFlink flink) {
        this.flink = flink;
    }

    /** Slots that a pipeline's two jobs need together: trainers have slots of their own. */
    public static int slots(PipelineConfig config) {
        int trainers = config.training().trainers();
        return trainers
                + Math.max(trainers, config.training().shards())
                + config.scoring().parallelism();
    }

    /** Submits what {@code job} builds; the future is the job's end. */
    public CompletableFuture<JobExecutionResult> submit(
            String name, Consumer<StreamExecutionEnvironment> job) throws Exception {
        return submit(name, job, new Configuration());
    }

    /** Submits what {@code job} builds, configured; the future is the job's end. */
    public CompletableFuture<JobExecutionResult> submit(
            String name, Consumer<StreamExecutionEnvironment> job, Configuration configuration)
            throws Exception {
        StreamExecutionEnvironment env = flink.environment(configuration);
        job.accept(env);
        JobClient client = env.executeAsync(name);
        submitted.add(client);
        return client.getJobExecutionResult();
    }

    @Override
    public void close() {
        submitted.forEach(job -> flink.cancel(job.getJobID()));
    }
}
