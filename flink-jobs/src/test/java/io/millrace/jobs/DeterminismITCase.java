package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.embedded.EmbeddedFlink;
import io.millrace.jobs.kill.PacedPolls;
import io.millrace.model.version.Compaction;
import io.millrace.model.version.PartInfo;
import io.millrace.model.version.VersionStorage;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.IOUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs over the same ratings. */
@Tag("kafka")
class DeterminismITCase {

    private static final int RATINGS = 30_000;
    private static final double RMSE_DISTANCE = 0.01;

    @TempDir private static Path directory;
    private static TestKafka kafka;
    private static EmbeddedFlink flink;

    @BeforeAll
    static void start() {
        kafka = TestKafka.start(directory);
        flink = EmbeddedFlink.start(directory, 1, 4, RegisteredMetrics.reporting());
        TestTopics.create(kafka);
        TestRatings.send(kafka, RATINGS, 3);
    }

    @AfterAll
    static void stop() throws Exception {
        IOUtils.closeAll(flink, kafka);
    }

    @Test
    void reproducibleRunsEndInTheSameBytesWhereverTheirCheckpointsFall() throws Exception {
        PipelineConfig often = TestPipelines.reproducible(config("often", 1, 15));
        PipelineConfig seldom = TestPipelines.reproducible(config("seldom", 1, 200));
        PacedPolls.pace(Duration.ofMillis(2));
        run(often);
        run(seldom);

        assertThat(cuts(often)).isNotEqualTo(cuts(seldom));
        assertThat(VersionRows.fingerprint(often, VersionRows.newestVersion(often)))
                .isEqualTo(VersionRows.fingerprint(seldom, VersionRows.newestVersion(seldom)));
        assertThat(compacted(often)).isEqualTo(compacted(seldom));
    }

    @Test
    void aShardOfAnotherTaskManagerLearnsTheSameOverTheWire() throws Exception {
        PipelineConfig together = TestPipelines.reproducible(config("together", 1, 200));
        PipelineConfig apart = TestPipelines.reproducible(config("apart", 1, 200));
        PacedPolls.pace(Duration.ZERO);
        RegisteredMetrics.takeEnded();
        run(flink, together);
        long inMemory = bytesToShards();
        try (EmbeddedFlink two =
                EmbeddedFlink.start(directory, 2, 1, RegisteredMetrics.reporting())) {
            run(two, apart);
        }

        assertThat(bytesToShards()).isGreaterThan(10 * inMemory);
        assertThat(inMemory).isPositive();
        assertThat(VersionRows.fingerprint(apart, VersionRows.newestVersion(apart)))
                .isEqualTo(VersionRows.fingerprint(together, VersionRows.newestVersion(together)));
    }

    /** Of the only job, which has ended; its metrics may end a little later. */
    private static long bytesToShards() throws Exception {
        List<RegisteredMetrics.Ended> found = new ArrayList<>();
        Await.until(
                "the shard's metrics to end",
                () -> {
                    RegisteredMetrics.takeEnded().stream()
                            .filter(DeterminismITCase::isBytesToShards)
                            .forEach(found::add);
                    return !found.isEmpty();
                });
        return found.stream().mapToLong(RegisteredMetrics.Ended::count).sum();
    }

    private static boolean isBytesToShards(RegisteredMetrics.Ended ended) {
        return ended.name().equals("numBytesIn")
                && "parameter shard".equals(ended.variables().get("<task_name>"));
    }

    @Test
    void twoTrainersLearnAboutAsWellAsOne() throws Exception {
        PipelineConfig one = config("one", 1, 200);
        PipelineConfig two = config("two", 2, 200);
        PacedPolls.pace(Duration.ZERO);
        run(one);
        run(two);

        double rmseOfOne = rmse(one);
        assertThat(rmseOfOne).isLessThan(0.8);
        assertThat(rmse(two)).isCloseTo(rmseOfOne, within(RMSE_DISTANCE));
    }

    /** Where the checkpoints fell: how far each version had read. */
    private static List<Map<String, Map<Integer, Long>>> cuts(PipelineConfig config)
            throws Exception {
        List<Map<String, Map<Integer, Long>>> cuts = new ArrayList<>();
        for (long version : VersionRows.catalog(config).versions()) {
            cuts.add(VersionRows.catalog(config).manifest(version).offsets());
        }
        return cuts;
    }

    private static double rmse(PipelineConfig config) throws Exception {
        return VersionRows.newest(config).metrics().get("rmse");
    }

    private static PipelineConfig config(String name, int trainers, long everyMillis) {
        return TestPipelines.kafka(
                TestPipelines.every(
                        TestPipelines.ratings(kafka, directory.resolve(name), trainers, 1),
                        Duration.ofMillis(everyMillis)),
                PacedPolls.properties());
    }

    private static void run(PipelineConfig config) throws Exception {
        run(flink, config);
    }

    private static void run(EmbeddedFlink flink, PipelineConfig config) throws Exception {
        StreamExecutionEnvironment env = flink.environment();
        new TrainingJob(config, 0, Map.of("ratings", Map.of(0, (long) RATINGS))).build(env);
        env.execute("determinism");
        assertThat(VersionRows.newest(config).examples()).isEqualTo(RATINGS);
    }

    /** The bytes of the file that the newest version's chain compacts to. */
    private static byte[] compacted(PipelineConfig config) throws Exception {
        VersionStorage storage = VersionRows.storage(config);
        long version = VersionRows.newestVersion(config);
        new Compaction(storage, config.model().name()).compact(version);
        List<PartInfo> files = VersionRows.catalog(config).chain(version).files();
        assertThat(files).hasSize(1);
        assertThat(files.get(0).path()).contains("/base-");
        try (InputStream in = storage.open(files.get(0).path())) {
            return in.readAllBytes();
        }
    }
}
