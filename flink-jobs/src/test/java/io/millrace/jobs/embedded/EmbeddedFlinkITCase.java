package io.millrace.jobs.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.Await;
import io.millrace.jobs.RegisteredMetrics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.state.rocksdb.RocksDBNativeMetricOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class EmbeddedFlinkITCase {

    @TempDir Path directory;

    @Test
    void usageExample() throws Exception {
        try (EmbeddedFlink flink = EmbeddedFlink.start(directory, 2)) {
            StreamExecutionEnvironment environment = flink.environment();
            environment.setParallelism(2);

            List<Long> doubled = new ArrayList<>();
            try (CloseableIterator<Long> results =
                    environment.fromSequence(1, 4).map(n -> 2 * n).executeAndCollect()) {
                results.forEachRemaining(doubled::add);
            }

            assertThat(doubled).containsExactlyInAnyOrder(2L, 4L, 6L, 8L);
        }
    }

    @Test
    void twoJobsOneAfterTheOtherAndAtOnce() throws Exception {
        try (EmbeddedFlink flink = EmbeddedFlink.start(directory, 2)) {
            bounded(flink).execute("first");
            JobClient second = bounded(flink).executeAsync("second");
            JobClient third = bounded(flink).executeAsync("third");

            second.getJobExecutionResult().get();
            third.getJobExecutionResult().get();

            assertThat(second.getJobStatus().get()).isEqualTo(JobStatus.FINISHED);
            assertThat(third.getJobStatus().get()).isEqualTo(JobStatus.FINISHED);
        }
    }

    @Test
    void runsGraphsOfOtherEnvironments() throws Exception {
        StreamExecutionEnvironment other = new StreamExecutionEnvironment();
        other.fromSequence(1, 10).sinkTo(new DiscardingSink<>());
        other.setParallelism(1);
        try (EmbeddedFlink flink = EmbeddedFlink.start(directory, 1)) {
            JobClient job = flink.submit(other.getStreamGraph());

            assertThat(job.getJobExecutionResult().get().getJobID()).isEqualTo(job.getJobID());
        }
    }

    @Test
    void cancelReturnsWhenTheJobHasEnded() throws Exception {
        try (EmbeddedFlink flink = EmbeddedFlink.start(directory, 1)) {
            StreamExecutionEnvironment environment = flink.environment(checkpointing());
            environment
                    .fromSequence(1, Long.MAX_VALUE)
                    .map(new SlowToEnd())
                    .sinkTo(new DiscardingSink<>());
            environment.setParallelism(1);
            JobClient job = environment.executeAsync("slow to end");
            awaitCheckpoint(flink, job);

            flink.cancel(job.getJobID());
            flink.cancel(job.getJobID());

            assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.CANCELED);
        }
    }

    @Test
    void jobGoesOnFromItsCheckpointOnAnotherTaskManager() throws Exception {
        try (EmbeddedFlink flink = EmbeddedFlink.start(directory, 1)) {
            JobClient job = endless(flink).executeAsync("endless");
            long before = checkpointNumber(awaitCheckpoint(flink, job));

            flink.terminateTaskManager(0);
            int added = flink.startTaskManager();

            assertThat(added).isEqualTo(1);
            assertThat(checkpointNumber(awaitCheckpoint(flink, job))).isGreaterThan(before);
            assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.RUNNING);
        }
    }

    @Test
    void checkpointRestoresIntoALaterCluster() throws Exception {
        String checkpoint;
        try (EmbeddedFlink flink = EmbeddedFlink.start(directory, 1)) {
            checkpoint = awaitCheckpoint(flink, endless(flink).executeAsync("endless"));
        }
        Configuration restored = checkpointing();
        restored.setString("execution.state-recovery.path", checkpoint);
        try (EmbeddedFlink flink = EmbeddedFlink.start(directory, 1)) {
            JobClient job = endless(flink.environment(restored)).executeAsync("restored");

            assertThat(checkpointNumber(awaitCheckpoint(flink, job)))
                    .isGreaterThan(checkpointNumber(checkpoint));
        }
    }

    @Test
    void slotsDoNotDivideTheMemoryOfRocksDb() throws Exception {
        Configuration reporting = RegisteredMetrics.reporting();
        try (EmbeddedFlink flink = EmbeddedFlink.start(directory, 1, 4, reporting)) {
            Configuration configuration = checkpointing();
            configuration.set(RocksDBNativeMetricOptions.BLOCK_CACHE_CAPACITY, true);
            endless(flink.environment(configuration)).executeAsync("endless");

            Await.until("a block cache of more than a slot's share", () -> blockCache() > 128e6);
        }
    }

    /** Whatever the job says, Flink takes this from whoever has the memory. */
    @Test
    void filtersOfRocksDbAreInParts() throws Exception {
        try (EmbeddedFlink flink = EmbeddedFlink.start(directory, 1)) {
            endless(flink).executeAsync("endless");

            Await.until("RocksDB's options", this::partitionsFilters);
        }
    }

    private boolean partitionsFilters() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(name -> isOptions(name)).toList()) {
                if (Files.readString(file).contains("partition_filters=true")) {
                    return true;
                }
            }
            return false;
        } catch (UncheckedIOException | NoSuchFileException e) {
            // RocksDB replaces its files.
            return false;
        }
    }

    private static boolean isOptions(Path file) {
        return file.getFileName().toString().startsWith("OPTIONS-");
    }

    @Test
    void leavesNoThreadOrFile() throws Exception {
        LeftoverThreads threads = new LeftoverThreads();
        Path parent = Files.createDirectory(directory.resolve("parent"));
        try (EmbeddedFlink flink = EmbeddedFlink.start(parent, 1)) {
            assertThat(parent).isNotEmptyDirectory();
            awaitCheckpoint(flink, endless(flink).executeAsync("endless"));
        }

        assertThat(threads.names()).isEmpty();
        assertThat(parent).isEmptyDirectory();
    }

    private static StreamExecutionEnvironment bounded(EmbeddedFlink flink) {
        StreamExecutionEnvironment environment = flink.environment();
        environment.setParallelism(1);
        environment.fromSequence(1, 1000).sinkTo(new DiscardingSink<>());
        return environment;
    }

    private StreamExecutionEnvironment endless(EmbeddedFlink flink) {
        return endless(flink.environment(checkpointing()));
    }

    private static StreamExecutionEnvironment endless(StreamExecutionEnvironment environment) {
        environment.setParallelism(1);
        environment
                .fromSequence(1, Long.MAX_VALUE)
                .uid("numbers")
                .keyBy(n -> n % 10)
                .reduce(Long::sum)
                .uid("sums")
                .sinkTo(new DiscardingSink<>())
                .uid("sink");
        return environment;
    }

    private Configuration checkpointing() {
        Configuration configuration = new Configuration();
        configuration.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
        configuration.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                directory.resolve("checkpoints").toUri().toString());
        configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofDays(1));
        configuration.setString(
                "execution.checkpointing.externalized-checkpoint-retention",
                "RETAIN_ON_CANCELLATION");
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        configuration.set(
                RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, Integer.MAX_VALUE);
        configuration.set(
                RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(50));
        return configuration;
    }

    /** Bytes; 0 before a job has one. */
    private static double blockCache() {
        return RegisteredMetrics.all().stream()
                .filter(metric -> metric.name().endsWith("block_cache_capacity"))
                .mapToDouble(RegisteredMetrics.Registered::value)
                .max()
                .orElse(0);
    }

    /** Asks until a checkpoint is taken: none can be while tasks are starting. */
    private static String awaitCheckpoint(EmbeddedFlink flink, JobClient job) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            try {
                return flink.triggerCheckpoint(job.getJobID());
            } catch (IllegalStateException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }
    }

    private static long checkpointNumber(String path) {
        return Long.parseLong(path.substring(path.lastIndexOf('-') + 1));
    }

    /** Takes its time when its task ends. */
    private static final class SlowToEnd extends RichMapFunction<Long, Long> {

        @Override
        public Long map(Long value) {
            return value;
        }

        @Override
        public void close() {
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(500);
            while (System.nanoTime() < end) {
                LockSupport.parkNanos(end - System.nanoTime());
            }
        }
    }
}
