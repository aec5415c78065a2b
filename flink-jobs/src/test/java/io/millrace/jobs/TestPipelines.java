package io.millrace.jobs;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.config.PipelineConfigReader;
import io.millrace.jobs.embedded.EmbeddedKafka;
import java.nio.file.Path;

/** Small pipelines for tests. */
public final class TestPipelines {

    private TestPipelines() {}

    /** A rating pipeline that keeps versions and checkpoints in {@code directory}. */
    public static PipelineConfig ratings(
            EmbeddedKafka kafka, Path directory, int trainers, int shards) {
        return read(
                """
                model: test
                seed: 1
                objective: {type: rating, min: 1, max: 5}
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
                                trainers,
                                shards,
                                directory.resolve("versions"),
                                directory.resolve("checkpoints")),
                kafka);
    }

    /**
     * A pipeline that keeps versions and checkpoints in {@code directory}.
     *
     * @param model the model's part of the file, as in {@link TestModels}
     */
    static PipelineConfig of(
            String model, EmbeddedKafka kafka, Path directory, int trainers, int shards) {
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

    private static PipelineConfig read(String text, EmbeddedKafka kafka) {
        return PipelineConfigReader.read(text, "test.yaml")
                .withBootstrapServers(kafka.bootstrapServers());
    }
}
