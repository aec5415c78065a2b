package io.millrace.jobs;

import io.millrace.jobs.config.KafkaClientProperties;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.source.KafkaSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.state.rocksdb.RocksDBConfigurableOptions;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import org.rocksdb.CompressionType;

/** What the jobs ask of Flink and Kafka. */
final class JobSettings {

    private static final int FAILED_CHECKPOINTS_IN_A_ROW = 10;
    private static final int RESTARTS_IN_A_ROW = 10;
    private static final Duration FIRST_RESTART_DELAY = Duration.ofMillis(500);
    private static final Duration LONGEST_RESTART_DELAY = Duration.ofSeconds(30);
    private static final Duration WATERMARK_INTERVAL = Duration.ofMillis(20);
    private static final Duration NEVER = Duration.ofDays(365);
    private static final Duration STABLE_AFTER = Duration.ofMinutes(5);

    private JobSettings() {}

    /**
     * Sets what a version's meaning rests on: exactly-once, aligned checkpoints, one at a time. An
     * unaligned barrier would overtake pushes in flight, and the cut would not be one; requests
     * that were left in memory could not be restored from it.
     */
    static void configureTraining(StreamExecutionEnvironment env, PipelineConfig config) {
        BreakingSettings.refuse(env.getConfiguration());
        Configuration defaults = defaults(config);
        defaults.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
        defaults.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
        // Most look-ups of rows that are not there, as of new values, end at the filter.
        defaults.set(RocksDBConfigurableOptions.USE_BLOOM_FILTER, true);
        // The filters of a large file as a whole would push all else out of the block cache. Where
        // a task manager's memory is not cut by slots, it is the task manager that has to say so.
        defaults.set(RocksDBOptions.USE_PARTITIONED_INDEX_FILTERS, true);
        // Weights do not compress, and trying costs more than all else that RocksDB does here.
        defaults.set(
                RocksDBConfigurableOptions.COMPRESSION_PER_LEVEL,
                List.of(CompressionType.NO_COMPRESSION));
        // Frequent versions leave many small files.
        defaults.set(RocksDBOptions.OPTIONS_FACTORY, RocksDBTuning.class.getName());
        // Negatives are made by watermarks; rare ones make them come in bursts that no batch mixes
        // with the positives of their time.
        defaults.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, WATERMARK_INTERVAL);
        Configuration invariants = invariants();
        invariants.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, config.versions().every());
        invariants.set(PipelineOptions.MAX_PARALLELISM, config.training().maxParallelism());
        configure(env, defaults, invariants);
    }

    /**
     * A backtest is training without restarts or a checkpoint on the way: where one falls would
     * decide the numbers of versions, and where a restart begins, nobody has recorded. The
     * checkpoint after the end is taken as soon as all tasks are there.
     */
    static void configureBacktest(
            StreamExecutionEnvironment env, PipelineConfig config, int maxParallelism) {
        configureTraining(env, config);
        Configuration job = Configuration.fromMap(env.getConfiguration().toMap());
        job.set(PipelineOptions.MAX_PARALLELISM, maxParallelism);
        job.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, NEVER);
        // Flink begins at a random moment between the two.
        job.set(CheckpointingOptions.MIN_PAUSE_BETWEEN_CHECKPOINTS, NEVER);
        job.set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, 0);
        job.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.NO_EXTERNALIZED_CHECKPOINTS);
        job.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        env.configure(job, JobSettings.class.getClassLoader());
    }

    /** A scoring job keeps only a pointer; a rare checkpoint is enough. */
    static void configureScoring(StreamExecutionEnvironment env, PipelineConfig config) {
        Configuration defaults = defaults(config);
        defaults.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(10));
        defaults.set(ExecutionOptions.BUFFER_TIMEOUT, Duration.ZERO);
        configure(env, defaults, invariants());
    }

    static KafkaSettings kafka(
            PipelineConfig config, String group, @Nullable Map<String, Map<Integer, Long>> end) {
        PipelineConfig.Events events = config.events();
        return new KafkaSettings(
                KafkaClientProperties.of(config),
                group,
                events.format(),
                events.maxBytes(),
                events.schemas(),
                events.maxAhead(),
                events.outOfOrderness(),
                events.idleAfter(),
                end);
    }

    /** What a version's meaning rests on; nothing may override it. */
    private static Configuration invariants() {
        Configuration job = new Configuration();
        job.set(ExecutionOptions.RUNTIME_MODE, RuntimeExecutionMode.STREAMING);
        job.set(PipelineOptions.GENERIC_TYPES, false);
        job.set(
                CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE,
                CheckpointingMode.EXACTLY_ONCE);
        job.set(CheckpointingOptions.ENABLE_UNALIGNED, false);
        job.set(CheckpointingOptions.MAX_CONCURRENT_CHECKPOINTS, 1);
        // The last version of a bounded run is the checkpoint after its end.
        job.set(CheckpointingOptions.ENABLE_CHECKPOINTS_AFTER_TASKS_FINISH, true);
        return job;
    }

    /** What holds unless the environment, hence the cluster's operator, says otherwise. */
    private static Configuration defaults(PipelineConfig config) {
        Configuration job = new Configuration();
        job.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                directory(config.checkpoints().directory()));
        job.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        job.set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, FAILED_CHECKPOINTS_IN_A_ROW);
        // A job that runs for ever fails often enough in its life; only a row of failures ends it.
        job.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
        job.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF,
                FIRST_RESTART_DELAY);
        job.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF,
                LONGEST_RESTART_DELAY);
        job.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_RESET_BACKOFF_THRESHOLD,
                STABLE_AFTER);
        job.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_ATTEMPTS,
                RESTARTS_IN_A_ROW);
        return job;
    }

    private static void configure(
            StreamExecutionEnvironment env, Configuration defaults, Configuration invariants) {
        Configuration job = new Configuration(defaults);
        job.addAll(Configuration.fromMap(env.getConfiguration().toMap()));
        job.addAll(invariants);
        env.configure(job, JobSettings.class.getClassLoader());
    }

    private static String directory(String pathOrUri) {
        return pathOrUri.contains("://") ? pathOrUri : Path.of(pathOrUri).toUri().toString();
    }
}
