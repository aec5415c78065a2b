package io.millrace.jobs.cli.bench;

import io.millrace.jobs.embedded.EmbeddedFlink;
import io.millrace.jobs.telemetry.MetricNames;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobID;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Measures the training job while it runs: checkpoints, versions and all. */
final class JobTraining {

    private static final long SAMPLE_MILLIS = 20;
    private static final long START_SECONDS = 120;

    private final EmbeddedFlink flink;
    private final BenchSettings settings;

    JobTraining(EmbeddedFlink flink, BenchSettings settings) {
        this.flink = flink;
        this.settings = settings;
    }

    /**
     * Runs what {@code job} builds until it has been measured, and cancels it.
     *
     * @param fillers events that are learned before the warm-up begins
     * @param result makes what is returned of the job and its measurement, while the job still
     *     runs; it is free to end it
     */
    <R> R run(
            String name,
            Consumer<StreamExecutionEnvironment> job,
            long fillers,
            BiFunction<JobID, TrainingRate, R> result)
            throws Exception {
        StreamExecutionEnvironment env = flink.environment();
        job.accept(env);
        JobClient client = env.executeAsync(name);
        try {
            await(client, Math.max(1, fillers), START_SECONDS + fillers / 1000);
            rest(client, settings.warmUp().toMillis());
            Sample before = Sample.now();
            Clock clock = new Clock();
            rest(client, settings.window().toMillis());
            Sample after = Sample.now();
            TrainingRate rate = before.to(after, clock.seconds(), clock.cpuSeconds());
            if (rate.examplesPerSecond() <= 0 || after.restarts > 0) {
                throw new IllegalStateException(
                        "the job failed while it was measured; its log says why");
            }
            return result.apply(client.getJobID(), rate);
        } finally {
            flink.cancel(client.getJobID());
        }
    }

    private static void await(JobClient job, long examples, long seconds) throws Exception {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (JobGauges.sum(MetricNames.TRAINED_EXAMPLES) < examples) {
            if (System.nanoTime() > giveUp) {
                throw new IllegalStateException(
                        "the job did not learn " + examples + " examples in " + seconds + " s");
            }
            rest(job, SAMPLE_MILLIS);
        }
    }

    private static void rest(JobClient job, long millis) throws Exception {
        try {
            var unused = job.getJobExecutionResult().get(millis, TimeUnit.MILLISECONDS);
            throw new IllegalStateException("the job ended before it was measured");
        } catch (TimeoutException stillRunning) {
            // As it should.
        }
    }

    /** The job's gauges at one moment. */
    private record Sample(
            double trained, double pausedMillis, double hits, double misses, double restarts) {

        static Sample now() {
            return new Sample(
                    JobGauges.sum(MetricNames.TRAINED_EXAMPLES),
                    JobGauges.sum(MetricNames.CHECKPOINT_PAUSE),
                    JobGauges.sum(MetricNames.CACHE_HITS),
                    JobGauges.sum(MetricNames.CACHE_MISSES),
                    JobGauges.sum("numRestarts"));
        }

        TrainingRate to(Sample end, double seconds, double cpuSeconds) {
            double examples = end.trained - trained;
            double found = end.hits - hits;
            double lookedUp = Math.max(1, found + end.misses - misses);
            return new TrainingRate(
                    examples / seconds,
                    cpuSeconds / Math.max(1, examples) * 1e6,
                    (end.pausedMillis - pausedMillis) / 1e3 / seconds,
                    found / lookedUp);
        }
    }
}
