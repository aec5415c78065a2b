package io.millrace.jobs.embedded;

import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.flink.api.dag.Pipeline;
import org.apache.flink.client.deployment.executors.PipelineExecutorUtils;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.PipelineExecutor;
import org.apache.flink.core.execution.PipelineExecutorFactory;
import org.apache.flink.core.execution.PipelineExecutorServiceLoader;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterJobClient;
import org.apache.flink.runtime.minicluster.MiniClusterJobClient.JobFinalizationBehavior;
import org.apache.flink.streaming.api.graph.StreamGraph;

/** Runs what an environment executes on one given cluster. */
final class ClusterExecutors implements PipelineExecutorServiceLoader {

    private static final String NAME = "millrace-embedded";

    private final MiniCluster cluster;

    ClusterExecutors(MiniCluster cluster) {
        this.cluster = cluster;
    }

    /** {@code configuration} with what makes an environment choose this executor. */
    static Configuration target(Configuration configuration) {
        Configuration copy = new Configuration(configuration);
        copy.set(DeploymentOptions.TARGET, NAME);
        copy.set(DeploymentOptions.ATTACHED, true);
        return copy;
    }

    @Override
    public PipelineExecutorFactory getExecutorFactory(Configuration configuration) {
        return new Factory();
    }

    @Override
    public Stream<String> getExecutorNames() {
        return Stream.of(NAME);
    }

    /** Submits {@code graph}; the client's future results are those of the job. */
    CompletableFuture<JobClient> submit(StreamGraph graph, ClassLoader userClasses) {
        return cluster.submitJob(graph)
                .thenApply(
                        submitted ->
                                new MiniClusterJobClient(
                                        submitted.getJobID(),
                                        cluster,
                                        userClasses,
                                        JobFinalizationBehavior.NOTHING));
    }

    private CompletableFuture<JobClient> execute(
            Pipeline pipeline, Configuration configuration, ClassLoader userClasses)
            throws Exception {
        SavepointRestoreSettings given = ((StreamGraph) pipeline).getSavepointRestoreSettings();
        StreamGraph graph = PipelineExecutorUtils.getStreamGraph(pipeline, configuration);
        // Deriving the graph resets what it restores from to the configuration's value.
        if (graph.getSavepointRestoreSettings().equals(SavepointRestoreSettings.none())) {
            graph.setSavepointRestoreSettings(given);
        }
        return submit(graph, userClasses);
    }

    private final class Factory implements PipelineExecutorFactory {

        @Override
        public String getName() {
            return NAME;
        }

        @Override
        public boolean isCompatibleWith(Configuration configuration) {
            return NAME.equals(configuration.get(DeploymentOptions.TARGET));
        }

        @Override
        public PipelineExecutor getExecutor(Configuration configuration) {
            return ClusterExecutors.this::execute;
        }
    }
}
