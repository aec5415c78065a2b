package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.config.PipelineConfigReader;
import io.millrace.jobs.embedded.EmbeddedFlink;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.IOUtils;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An outage longer than Kafka's retention: what is gone is never skipped unasked. */
@Tag("kafka")
@Timeout(120)
class RemovedRecordsITCase {

    private static final int LEARNED = 200;
    private static final int REMOVED = 100;
    private static final int LEFT = 50;

    @TempDir Path directory;

    private TestKafka kafka;
    private EmbeddedFlink flink;

    @BeforeEach
    void start() {
        kafka = TestKafka.start(directory);
        flink = EmbeddedFlink.start(directory, 2);
        TestTopics.create(kafka);
    }

    @AfterEach
    void stop() throws Exception {
        IOUtils.closeAll(flink, kafka);
    }

    @Test
    void trainingFailsAndNamesPartitionAndOffset() throws Exception {
        String savepoint = savepointAndThenRemove(pipeline(""));

        JobClient job = train(pipeline(""), savepoint);

        assertThatThrownBy(() -> job.getJobExecutionResult().get())
                .rootCause()
                .hasMessageContaining("out of range")
                .hasMessageContaining("ratings-0")
                .hasMessageContaining("offset=" + LEARNED);
        assertThat(VersionRows.newest(pipeline("")).examples()).isEqualTo(LEARNED);
    }

    @Test
    void trainingGoesOnWithoutThemWhenTold() throws Exception {
        PipelineConfig config = pipeline("auto.offset.reset: earliest");
        String savepoint = savepointAndThenRemove(config);

        JobClient job = train(config, savepoint);

        Await.until(
                "what is left is learned",
                () -> VersionRows.newest(config).examples() == LEARNED + LEFT);
        assertThat(VersionRows.newest(config).offsets())
                .containsEntry("ratings", Map.of(0, (long) LEARNED + REMOVED + LEFT));
        flink.cancel(job.getJobID());
    }

    @Test
    void anyOtherPlaceToGoOnIsRefused() {
        assertThatThrownBy(() -> train(pipeline("auto.offset.reset: latest"), null))
                .hasMessageContaining("kafka.properties.auto.offset.reset is latest");
    }

    /** Learns some ratings, stops, and lets Kafka remove some that came later. */
    private String savepointAndThenRemove(PipelineConfig config) throws Exception {
        TestRatings.send(kafka, LEARNED, 1);
        JobClient job = train(config, null);
        Await.until(
                "all ratings are learned",
                () ->
                        VersionRows.newestVersion(config) > 0
                                && VersionRows.newest(config).examples() == LEARNED);
        String savepoint = flink.stopWithSavepoint(job.getJobID(), directory.resolve("savepoints"));
        TestRatings.send(kafka, REMOVED + LEFT, 2);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.deleteRecords(
                            Map.of(
                                    new TopicPartition("ratings", 0),
                                    RecordsToDelete.beforeOffset(LEARNED + REMOVED)))
                    .all()
                    .get();
        }
        return savepoint;
    }

    private JobClient train(PipelineConfig config, @Nullable String savepoint) throws Exception {
        Configuration settings = new Configuration();
        settings.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        if (savepoint != null) {
            settings.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
        }
        StreamExecutionEnvironment env = flink.environment(settings);
        long newest = VersionRows.newestVersion(config);
        new TrainingJob(config, newest, null).build(env);
        return env.executeAsync("train");
    }

    private PipelineConfig pipeline(String kafkaProperties) {
        return PipelineConfigReader.read(
                        """
                        model: m
                        objective: {type: rating, min: 1, max: 5}
                        features:
                          user: {type: categorical, dimension: 4}
                          item: {type: categorical, dimension: 4}
                        architecture: {type: fm}
                        optimizers:
                          embedding: {type: adagrad}
                          dense: {type: adam}
                        training: {micro-batch: 32, cache: 4MiB}
                        versions: {directory: "%s", every: 200ms}
                        checkpoints: {directory: "%s"}
                        kafka: {properties: {%s}}
                        """
                                .formatted(
                                        directory.resolve("versions"),
                                        directory.resolve("checkpoints"),
                                        kafkaProperties),
                        "test.yaml")
                .withBootstrapServers(kafka.bootstrapServers());
    }
}
