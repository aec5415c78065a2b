package io.millrace.jobs.embedded;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.BlobServerOptions;
import org.apache.flink.configuration.ClusterOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.client.JobStatusMessage;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;

/**
 * A Flink cluster in this JVM, on free ports of the loopback interface and with modest memory. What
 * a job needs beyond slots (state backend, checkpoints, restarts) is the job's own configuration.
 */
public final class EmbeddedFlink implements AutoCloseable {

    /**
     * Shared by the RocksDB instances of one task manager. Managed memory would be cut into equal
     * parts, of which the slots of trainers and scorers, which have no such state, use none.
     */
    private static final MemorySize ROCKSDB_MEMORY = MemorySize.ofMebiBytes(256);

    private static final MemorySize NETWORK_MEMORY = MemorySize.ofMebiBytes(128);

    /**
     * Flink gives a channel ten buffers: at this size they hold the examples of a large micro-batch
     * while the trainer is busy with the one before.
     */
    private static final MemorySize NETWORK_BUFFER = MemorySize.parse("64kb");

    /** Slots are there from the start, so a job that waits longer asks for too many. */
    private static final Duration SLOT_TIMEOUT = Duration.ofSeconds(60);

    private final ScratchDirectory directory;
    private final MiniCluster cluster;
    private final ClusterExecutors executors;
    private int taskManagers;

    private EmbeddedFlink(ScratchDirectory directory, MiniCluster cluster, int taskManagers) {
        this.directory = directory;
        this.cluster = cluster;
        this.taskManagers = taskManagers;
        executors = new ClusterExecutors(cluster);
    }

    /** Starts a cluster of one task manager. */
    public static EmbeddedFlink start(Path parent, int slots) {
        return start(parent, 1, slots);
    }

    /** Starts a cluster of several task managers. */
    public static EmbeddedFlink start(Path parent, int taskManagers, int slots) {
        return start(parent, taskManagers, slots, new Configuration());
    }

    /**
     * Starts a cluster that keeps its working files in a new directory in {@code parent}.
     *
     * @param slots of each task manager
     * @param more configuration of the cluster
     * @throws IllegalStateException when it does not start; nothing is left of it then
     */
    public static EmbeddedFlink start(
            Path parent, int taskManagers, int slots, Configuration more) {
        ScratchDirectory directory = ScratchDirectory.create(parent, "flink-");
        Configuration configuration = configuration(directory.path());
        configuration.addAll(more);
        MiniCluster cluster =
                new MiniCluster(
                        new MiniClusterConfiguration.Builder()
                                .setConfiguration(configuration)
                                .setNumTaskManagers(taskManagers)
                                .setNumSlotsPerTaskManager(slots)
                                .withRandomPorts()
                                .build());
        EmbeddedFlink flink = new EmbeddedFlink(directory, cluster, taskManagers);
        try {
            cluster.start();
            return flink;
        } catch (Exception e) {
            flink.close();
            throw new IllegalStateException("the embedded Flink cluster did not start: " + e, e);
        }
    }

    /** An environment whose jobs run here. */
    public StreamExecutionEnvironment environment() {
        return environment(new Configuration());
    }

    /** An environment whose jobs run here, configured by {@code job}. */
    public StreamExecutionEnvironment environment(Configuration job) {
        return new StreamExecutionEnvironment(
                executors, ClusterExecutors.target(job), EmbeddedFlink.class.getClassLoader());
    }

    /** Submits a graph that some other environment made. */
    public JobClient submit(StreamGraph graph) {
        return result(
                executors.submit(graph, EmbeddedFlink.class.getClassLoader()), "submit the job");
    }

    /** Cancels a job and waits until it has ended; does nothing when it has ended already. */
    public void cancel(JobID job) {
        if (!result(cluster.getJobStatus(job), "ask for the job").isGloballyTerminalState()) {
            result(cluster.cancelJob(job), "cancel the job");
        }
        result(cluster.requestJobResult(job), "wait for the job's end");
    }

    /** Takes a checkpoint now; returns where it is, once it is complete. */
    public String triggerCheckpoint(JobID job) {
        return result(cluster.triggerCheckpoint(job), "take a checkpoint");
    }

    /**
     * Takes a savepoint and ends the job with it, in one step; nothing is processed behind it.
     *
     * @return where the savepoint is, in {@code parent}
     */
    public String stopWithSavepoint(JobID job, Path parent) {
        String savepoint =
                result(
                        cluster.stopWithSavepoint(
                                job,
                                parent.toUri().toString(),
                                false,
                                SavepointFormatType.CANONICAL),
                        "stop the job with a savepoint");
        result(cluster.requestJobResult(job), "wait for the job's end");
        return savepoint;
    }

    /**
     * Ends a task manager and with it all tasks on it.
     *
     * @param index 0 for the first one started, and so on; indexes are not used again
     */
    public void terminateTaskManager(int index) {
        result(cluster.terminateTaskManager(index), "terminate task manager " + index);
    }

    /** Starts one more task manager; returns its index. */
    public int startTaskManager() {
        try {
            cluster.startTaskManager();
            return taskManagers++;
        } catch (Exception e) {
            throw new IllegalStateException("cannot start a task manager: " + e, e);
        }
    }

    /**
     * Cancels all jobs, ends the cluster, and deletes its working files. A job's checkpoints stay
     * only when the job retains them on cancellation.
     */
    @Override
    public void close() {
        try {
            if (cluster.isRunning()) {
                cancelAll();
            }
        } finally {
            end();
        }
    }

    private void cancelAll() {
        for (JobStatusMessage job : result(cluster.listJobs(), "list the jobs")) {
            cancel(job.getJobId());
        }
    }

    private void end() {
        try {
            result(cluster.closeAsync(), "close the cluster");
        } finally {
            directory.close();
        }
    }

    private static <T> T result(CompletableFuture<T> future, String what) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot " + what + ": " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted: cannot " + what, e);
        }
    }

    private static Configuration configuration(Path directory) {
        Configuration configuration = new Configuration();
        configuration.set(CoreOptions.TMP_DIRS, directory.toString());
        configuration.set(ClusterOptions.PROCESS_WORKING_DIR_BASE, directory.toString());
        configuration.set(BlobServerOptions.STORAGE_DIRECTORY, directory.toString());
        configuration.set(WebOptions.TMP_DIR, directory.toString());
        configuration.set(RestOptions.ADDRESS, "127.0.0.1");
        configuration.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
        configuration.set(JobManagerOptions.BIND_HOST, "127.0.0.1");
        configuration.set(TaskManagerOptions.BIND_HOST, "127.0.0.1");
        configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ZERO);
        configuration.set(RocksDBOptions.USE_MANAGED_MEMORY, false);
        configuration.set(RocksDBOptions.FIX_PER_TM_MEMORY_SIZE, ROCKSDB_MEMORY);
        // A job's own setting counts for nothing where the task manager has the memory.
        configuration.set(RocksDBOptions.USE_PARTITIONED_INDEX_FILTERS, true);
        configuration.set(TaskManagerOptions.NETWORK_MEMORY_MIN, NETWORK_MEMORY);
        configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, NETWORK_MEMORY);
        configuration.set(TaskManagerOptions.MEMORY_SEGMENT_SIZE, NETWORK_BUFFER);
        configuration.set(JobManagerOptions.SLOT_REQUEST_TIMEOUT, SLOT_TIMEOUT);
        return configuration;
    }
}
