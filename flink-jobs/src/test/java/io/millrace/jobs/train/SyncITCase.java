package io.millrace.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.TestModels;
import io.millrace.jobs.embedded.EmbeddedFlink;
import io.millrace.jobs.version.VersionDirectory;
import io.millrace.jobs.version.VersionNumbers;
import io.millrace.jobs.wire.ExampleSerializer;
import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureExtractor;
import io.millrace.schemas.PrequentialMetrics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every example is predicted once for each sync, in a job with real mailboxes and buffers. */
class SyncITCase {

    private static final int EXAMPLES = 5_000;
    private static final int BATCH = 64;
    private static final int KEY_GROUPS = 16;
    private static final List<Sync> SYNCS =
            List.of(
                    new Sync.Every(Duration.ofMillis(700)),
                    new Sync.AtOnce(),
                    new Sync.Once(EXAMPLES / 2),
                    new Sync.Every(Duration.ofMillis(50)));

    @TempDir private static Path directory;
    private static EmbeddedFlink flink;

    @BeforeAll
    static void start() {
        flink = EmbeddedFlink.start(directory, 4);
    }

    @AfterAll
    static void stop() {
        flink.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void everyExampleIsPredictedOnceForEachSync(int parallelism) throws Exception {
        List<BatchOutcome> outcomes = run(parallelism);
        Map<Float, Integer> seen = new TreeMap<>();
        for (BatchOutcome outcome : outcomes) {
            assertThat(outcome.predictions()).hasNumberOfRows(SYNCS.size());
            for (float[] predictions : outcome.predictions()) {
                assertThat(predictions).hasSameSizeAs(outcome.labels());
                for (float prediction : predictions) {
                    assertThat(prediction).isBetween(1f, 5f);
                }
            }
            for (float label : outcome.labels()) {
                seen.merge(label, 1, Integer::sum);
            }
        }
        assertThat(seen).hasSize(EXAMPLES).containsEntry(label(7), 1);
        assertThat(seen.values()).containsOnly(1);
    }

    @Test
    void oneTrainerPredictsTheSameTwice() throws Exception {
        List<BatchOutcome> once = run(1);
        List<BatchOutcome> again = run(1);
        assertThat(again).hasSameSizeAs(once).hasSize((EXAMPLES + BATCH - 1) / BATCH);
        for (int batch = 0; batch < once.size(); batch++) {
            assertThat(again.get(batch).labels()).containsExactly(once.get(batch).labels());
            assertThat(again.get(batch).predictions()).isDeepEqualTo(once.get(batch).predictions());
        }
    }

    private static List<BatchOutcome> run(int parallelism) throws Exception {
        Configuration job = new Configuration();
        job.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
        StreamExecutionEnvironment env = flink.environment(job);
        env.setMaxParallelism(KEY_GROUPS);
        ModelSpec spec = TestModels.ratings();
        ParameterServer server =
                ParameterServer.wire(
                        env.fromSource(
                                        new DataGeneratorSource<>(
                                                SyncITCase::example,
                                                EXAMPLES,
                                                ExampleSerializer.TYPE),
                                        WatermarkStrategy.<Example>forGenerator(
                                                        context -> new EachExample())
                                                .withTimestampAssigner(
                                                        (example, before) -> example.eventTime()),
                                        "examples")
                                .setParallelism(1),
                        spec.name(),
                        spec,
                        new ParameterServer.Settings(
                                new TrainerSettings(
                                        BATCH,
                                        Duration.ofSeconds(1),
                                        true,
                                        1,
                                        1,
                                        new SyncSettings(SYNCS, Duration.ofMillis(100))),
                                parallelism,
                                parallelism,
                                10_000_000,
                                1_000_000,
                                new VersionNumbers(0),
                                VersionDirectory.of(directory.resolve("versions").toString()),
                                null),
                        KEY_GROUPS);
        server.pieces().sinkTo(new DiscardingSink<>()).setParallelism(1);
        server.metrics().sinkTo(new DiscardingSink<PrequentialMetrics>()).setParallelism(1);
        List<BatchOutcome> outcomes = new ArrayList<>();
        try (CloseableIterator<BatchOutcome> results = server.outcomes().executeAndCollect()) {
            results.forEachRemaining(outcomes::add);
        }
        return outcomes;
    }

    /** By its label one can tell which it is; every third is late. */
    private static Example example(long index) throws Exception {
        return new FeatureExtractor(TestModels.ratings())
                .extract(
                        "u" + index % 37,
                        "i" + index % 11,
                        Map.of("price", 1.0),
                        Map.of(),
                        index % 3 == 0 ? Math.max(0, index - 90) : index)
                .labelled(label(index), 1);
    }

    private static float label(long index) {
        return 1 + 4f * index / EXAMPLES;
    }

    /** Lets event time pass at each example. */
    private static final class EachExample implements WatermarkGenerator<Example> {

        private long newest = Long.MIN_VALUE;

        @Override
        public void onEvent(Example example, long time, WatermarkOutput output) {
            newest = Math.max(newest, time);
            output.emitWatermark(new Watermark(newest - 1));
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {}
    }
}
