package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.config.PipelineConfigReader;
import io.millrace.jobs.embedded.EmbeddedFlink;
import io.millrace.jobs.simulate.OracleScores;
import io.millrace.jobs.simulate.SimulatedEvent;
import io.millrace.jobs.simulate.Simulator;
import io.millrace.jobs.simulate.World;
import io.millrace.jobs.simulate.WorldSettings;
import io.millrace.jobs.train.ParameterServer;
import io.millrace.jobs.train.TrainerSettings;
import io.millrace.jobs.version.VersionDirectory;
import io.millrace.jobs.version.VersionNumbers;
import io.millrace.jobs.wire.ExampleSerializer;
import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureExtractor;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.schemas.Impression;
import io.millrace.schemas.PrequentialMetrics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several trainers learn as well as one. All see the same examples of the demo's world, in the same
 * order and labelled beforehand; and the micro-batch is shared out among them, so that as many
 * examples are predicted before any of them is learned from.
 */
class DataParallelITCase {

    /** Of prequential AUC, over all examples and over the second half of them. */
    private static final double DISTANCE = 0.002;

    /** Of first weights: the AUC of two runs with one trainer each differs by as much as 0.002. */
    private static final int SEEDS = 6;

    private static final int EXAMPLES = 480_000;
    private static final long SEED = 8;
    private static final double IMPRESSIONS_PER_SECOND = 800;
    private static final PipelineConfig PIPELINE =
            PipelineConfigReader.read(Path.of("..", "examples", "clicks.yaml"));

    /** Read by the source, which runs in this process. */
    private static final List<Example> LABELLED = new ArrayList<>();

    @TempDir private static Path directory;
    private static EmbeddedFlink flink;
    private static double bestAuc;

    @BeforeAll
    static void start() throws InvalidEventException {
        flink = EmbeddedFlink.start(directory, 8);
        OracleScores best = new OracleScores();
        LABELLED.clear();
        FeatureExtractor extractor = new FeatureExtractor(PIPELINE.model());
        Simulator simulator = new Simulator(world(), SEED, IMPRESSIONS_PER_SECOND);
        while (simulator.hasNext()) {
            if (simulator.next() instanceof SimulatedEvent.Shown shown) {
                LABELLED.add(example(extractor, shown));
                best.add(shown);
            }
        }
        bestAuc = best.values().get("auc");
    }

    @AfterAll
    static void stop() {
        flink.close();
    }

    @Test
    void twoAndFourTrainersReachTheAucOfOne() throws Exception {
        Aucs one = train(1);
        Aucs two = train(2);
        Aucs four = train(4);
        assertThat(one.total).isBetween(0.74, bestAuc);
        for (Aucs several : List.of(two, four)) {
            assertThat(several.total).isGreaterThan(one.total - DISTANCE);
            assertThat(several.secondHalf).isGreaterThan(one.secondHalf - DISTANCE);
        }
    }

    private static Aucs train(int trainers) throws Exception {
        double total = 0;
        double secondHalf = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            PrequentialMetrics last = train(trainers, seed).get(1);
            total += last.getTotal().get("auc");
            secondHalf += last.getWindow().get("auc");
        }
        return new Aucs(total / SEEDS, secondHalf / SEEDS);
    }

    /** Means over seeds. */
    private record Aucs(double total, double secondHalf) {}

    /** Trains on all examples; returns a report for each half. */
    private static List<PrequentialMetrics> train(int trainers, int seed) throws Exception {
        StreamExecutionEnvironment env = flink.environment();
        String run = trainers + "-" + seed;
        PipelineConfig config =
                PIPELINE.withCheckpointsDirectory(
                        directory.resolve("checkpoints-" + run).toString());
        JobSettings.configureTraining(env, config);
        ModelSpec spec = config.model().withSeed(seed);
        ParameterServer server =
                ParameterServer.wire(
                        env.fromSource(
                                        new DataGeneratorSource<>(
                                                index -> LABELLED.get(index.intValue()),
                                                EXAMPLES,
                                                ExampleSerializer.TYPE),
                                        WatermarkStrategy.noWatermarks(),
                                        "labelled")
                                .setParallelism(1),
                        spec.name(),
                        spec,
                        new ParameterServer.Settings(
                                new TrainerSettings(
                                        config.training().microBatch() / trainers,
                                        Duration.ofSeconds(1),
                                        false,
                                        1,
                                        1),
                                trainers,
                                1,
                                config.training().cacheBytes(),
                                EXAMPLES / 2,
                                new VersionNumbers(0),
                                VersionDirectory.of(
                                        directory.resolve("versions-" + run).toString())),
                        config.training().maxParallelism());
        server.pieces().sinkTo(new DiscardingSink<>()).setParallelism(1);
        List<PrequentialMetrics> reports = new ArrayList<>();
        try (CloseableIterator<PrequentialMetrics> metrics = server.metrics().executeAndCollect()) {
            metrics.forEachRemaining(reports::add);
        }
        assertThat(reports).hasSize(2);
        assertThat(reports.get(1).getExamples()).isEqualTo(EXAMPLES);
        return reports;
    }

    private static World world() {
        return new World(
                SEED,
                WorldSettings.demo(
                        Instant.parse("2024-05-06T07:08:09Z"),
                        Duration.ofMillis((long) (EXAMPLES * 1000 / IMPRESSIONS_PER_SECOND)),
                        PIPELINE.labels().attributionWindow()));
    }

    private static Example example(FeatureExtractor extractor, SimulatedEvent.Shown shown)
            throws InvalidEventException {
        Impression event = shown.impression();
        return extractor
                .extract(
                        event.getUser(),
                        event.getItem(),
                        event.getFeatures(),
                        Map.of(),
                        event.getTimestamp())
                .labelled(shown.clicked() ? 1 : 0, 1);
    }
}
