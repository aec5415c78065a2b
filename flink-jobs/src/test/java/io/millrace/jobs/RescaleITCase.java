package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.embedded.EmbeddedFlink;
import io.millrace.jobs.kill.Kills;
import io.millrace.jobs.kill.PacedPolls;
import io.millrace.model.version.Manifest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.IOUtils;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job that is stopped with a savepoint and goes on with other parallelisms. */
@Tag("kafka")
class RescaleITCase {

    /** A whole number of micro-batches, since the input does not end. */
    private static final int RATINGS = 12_000;

    private static final int SEED = 5;

    @TempDir private Path directory;
    private TestKafka kafka;
    private EmbeddedFlink flink;

    @BeforeEach
    void start() {
        kafka = TestKafka.start(directory);
        flink = EmbeddedFlink.start(directory, 4);
        TestTopics.create(kafka);
        TestRatings.send(kafka, RATINGS, SEED);
    }

    @AfterEach
    void stop() throws Exception {
        PacedPolls.pace(Duration.ZERO);
        IOUtils.closeAll(flink, kafka);
    }

    @Test
    void trainersAndShardsMayChangeAtASavepoint() throws Exception {
        String first = stopAfter(1000, config(1, 1), null);
        String second = stopAfter(5000, config(2, 2), first);
        finish(config(1, 2), second);

        Manifest last = VersionRows.newest(config(1, 2));
        assertThat(last.examples()).isEqualTo(RATINGS);
        assertThat(last.offsets()).containsEntry("ratings", Map.of(0, (long) RATINGS));
        assertThat(VersionRows.exampleCounts(config(1, 2), last.version()))
                .isEqualTo(TestRatings.exampleCounts(RATINGS, SEED, config(1, 2).model()));
    }

    /** The examples of a partial micro-batch move too. */
    @Test
    void aReproducibleJobEndsWithTheSameRows() throws Exception {
        PipelineConfig undisturbed = TestPipelines.reproducible(config("undisturbed", 1, 1));
        finish(undisturbed, null);

        String savepoint = stopAfter(1000, TestPipelines.reproducible(config(1, 1)), null);
        PipelineConfig last = TestPipelines.reproducible(config(1, 2));
        finish(last, stopAfter(5000, last, savepoint));

        assertThat(VersionRows.fingerprint(last, VersionRows.newestVersion(last)))
                .isEqualTo(
                        VersionRows.fingerprint(
                                undisturbed, VersionRows.newestVersion(undisturbed)));
    }

    /** Trains until a version has so many examples; returns the savepoint that ended the job. */
    private String stopAfter(long examples, PipelineConfig config, @Nullable String savepoint)
            throws Exception {
        Kills.plan(List.of(), 0);
        PacedPolls.pace(Duration.ofMillis(40));
        JobClient job = start(config, savepoint);
        awaitExamples(config, examples);
        // Lest the input ends before the savepoint.
        PacedPolls.pace(Duration.ofSeconds(1));
        String made = flink.stopWithSavepoint(job.getJobID(), directory.resolve("savepoints"));
        assertThat(VersionRows.newest(config).examples()).isLessThan(RATINGS);
        return made;
    }

    private void finish(PipelineConfig config, @Nullable String savepoint) throws Exception {
        PacedPolls.pace(Duration.ZERO);
        JobClient job = start(config, savepoint);
        awaitExamples(config, RATINGS);
        flink.cancel(job.getJobID());
    }

    private static void awaitExamples(PipelineConfig config, long examples) throws Exception {
        Await.until(
                "a version with " + examples + " examples",
                () ->
                        VersionRows.newestVersion(config) > 0
                                && VersionRows.newest(config).examples() >= examples);
    }

    private JobClient start(PipelineConfig config, @Nullable String savepoint) throws Exception {
        Configuration restore = new Configuration();
        if (savepoint != null) {
            restore.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
        }
        StreamExecutionEnvironment env = flink.environment(restore);
        new TrainingJob(config, VersionRows.newestVersion(config), null).build(env);
        return env.executeAsync("rescale");
    }

    private PipelineConfig config(int trainers, int shards) {
        return config("rescaled", trainers, shards);
    }

    private PipelineConfig config(String name, int trainers, int shards) {
        return TestPipelines.kafka(
                TestPipelines.every(
                        TestPipelines.ratings(kafka, directory.resolve(name), trainers, shards),
                        Duration.ofMillis(50)),
                PacedPolls.properties());
    }
}
