package io.millrace.jobs;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.config.PipelineConfigReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** Small pipelines for tests. */
public final class TestPipelines {

    private TestPipelines() {}

    /** A rating pipeline that keeps versions and checkpoints in {@code directory}. */
    public static PipelineConfig ratings(
            TestKafka kafka, Path directory, int trainers, int shards) {
        return small(
                "objective: {type: rating, min: 1, max: 5}", kafka, directory, trainers, shards);
    }

    /** The same of {@link TestClicks}. */
    static PipelineConfig clicks(TestKafka kafka, Path directory, int trainers, int shards) {
        return small(
                """
                objective: {type: click, negative-sampling: %s}
                labels: {attribution-window: %dms, late-window: %dms}
                events: {idle-after: 1h}"""
                        .formatted(
                                TestClicks.NEGATIVE_SAMPLING,
                                TestClicks.WINDOW.toMillis(),
                                TestClicks.LATE_WINDOW.toMillis()),
                kafka,
                directory,
                trainers,
                shards);
    }

    private static PipelineConfig small(
            String objective, TestKafka kafka, Path directory, int trainers, int shards) {
        return read(
                """
                model: test
                seed: 1
                %s
                features:
                  user: {type: categorical, dimension: 4}
                  item: {type: categorical, dimension: 4}
                architecture: {type: dcn-v2, cross-layers: 1, hidden: [8]}
                optimizers:
                  embedding: {type: adagrad, learning-rate: 0.1}
                  dense: {type: adagrad, learning-rate: 0.02}
                training: {micro-batch: 32, max-wait: 20ms, staleness: 1, trainers: %d, shards: %d, cache: 4MiB, torch-threads: 1}
                versions: {directory: "%s", every: 200ms, base-every: 5, retain: 1000}
                checkpoints: {directory: "%s"}
                metrics: {every-examples: 5000}
                """
                        .formatted(
                                objective,
                                trainers,
                                shards,
                                directory.resolve("versions"),
                                directory.resolve("checkpoints")),
                kafka);
    }

    /** The same pipeline with one trainer whose micro-batches are cut by count alone. */
    static PipelineConfig reproducible(PipelineConfig config) {
        PipelineConfig.Training training = config.training();
        return with(
                config,
                new PipelineConfig.Training(
                        training.microBatch(),
                        training.maxWait(),
                        true,
                        1,
                        1,
                        training.shards(),
                        training.cacheBytes(),
                        training.maxParallelism(),
                        training.torchThreads()),
                config.versions());
    }

    /** The same pipeline with a version as often, more often than a file may ask for. */
    static PipelineConfig every(PipelineConfig config, Duration time) {
        PipelineConfig.Versions versions = config.versions();
        return with(
                config,
                config.training(),
                new PipelineConfig.Versions(
                        versions.directory(), time, versions.baseEvery(), versions.retain()));
    }

    /** The same pipeline whose versions stay deltas of the first one. */
    static PipelineConfig uncompacted(PipelineConfig config) {
        PipelineConfig.Versions versions = config.versions();
        return with(
                config,
                config.training(),
                new PipelineConfig.Versions(
                        versions.directory(),
                        versions.every(),
                        Integer.MAX_VALUE,
                        versions.retain()));
    }

    /** The same pipeline with other properties of Kafka's clients. */
    static PipelineConfig kafka(PipelineConfig config, Map<String, String> properties) {
        return config.withKafka(
                new PipelineConfig.Kafka(config.kafka().bootstrapServers(), properties));
    }

    /** The same pipeline with topics of other names. */
    public static PipelineConfig topics(PipelineConfig config, PipelineConfig.Topics topics) {
        return new PipelineConfig(
                config.model(),
                config.kafka(),
                topics,
                config.events(),
                config.labels(),
                config.training(),
                config.versions(),
                config.checkpoints(),
                config.metrics(),
                config.scoring());
    }

    private static PipelineConfig with(
            PipelineConfig config,
            PipelineConfig.Training training,
            PipelineConfig.Versions versions) {
        return new PipelineConfig(
                config.model(),
                config.kafka(),
                config.topics(),
                config.events(),
                config.labels(),
                training,
                versions,
                config.checkpoints(),
                config.metrics(),
                config.scoring());
    }

    /**
     * A pipeline that keeps versions and checkpoints in {@code directory}.
     *
     * @param model the model's part of the file, as in {@link TestModels}
     */
    static PipelineConfig of(
            String model, TestKafka kafka, Path directory, int trainers, int shards) {
        return read(
                model
                        + """
                        events: {max-bytes: 64KiB}
                        training: {micro-batch: 32, max-wait: 20ms, trainers: %d, shards: %d, cache: 4MiB}
                        versions: {directory: "%s", every: 200ms, base-every: 5, retain: 1000}
                        checkpoints: {directory: "%s"}
                        """
                                .formatted(
                                        trainers,
                                        shards,
                                        directory.resolve("versions"),
                                        directory.resolve("checkpoints")),
                kafka);
    }

    private static PipelineConfig read(String text, TestKafka kafka) {
        return PipelineConfigReader.read(text, "test.yaml")
                .withBootstrapServers(kafka.bootstrapServers());
    }
}
