package io.millrace.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import io.millrace.jobs.TestModels;
import io.millrace.jobs.version.VersionDirectory;
import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureExtractor;
import io.millrace.model.learn.Learner;
import io.millrace.model.learn.MicroBatch;
import io.millrace.model.parameter.MemoryRowStore;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.parameter.ParameterTable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Predictions by weights that lag behind are, to the bit, those of a plain loop that copies all
 * weights when a sync is passed.
 */
class LaggingPredictionsTest {

    private static final int BATCH = 7;
    private static final int EXAMPLES = 40 * BATCH + 3;
    private static final long LABEL_WAIT = 300;
    private static final long START = Long.MIN_VALUE;
    private static final long BEGIN = 10_000;
    private static final long AMPLE = 10_000_000;

    /** Hardly more than the dense block and a row of each feature. */
    private static final long SMALL = 9_000;

    private static final List<Sync> SYNCS =
            List.of(
                    new Sync.Every(Duration.ofMillis(100)),
                    new Sync.AtOnce(),
                    new Sync.Every(Duration.ofMillis(1000)),
                    new Sync.Once(BEGIN + 900),
                    new Sync.Once(BEGIN),
                    new Sync.Every(Duration.ofMillis(1)));

    @TempDir private Path versions;
    private final ModelSpec spec = TestModels.ratings();
    private final ParameterLayout layout = new ParameterLayout(spec);
    private final List<Example> examples = examples();

    @ParameterizedTest
    @CsvSource({"1, " + AMPLE, "3, " + AMPLE, "2, " + SMALL})
    void areThoseOfAFullCopyAtEachSync(int shards, long cacheBytes) throws Exception {
        List<BatchOutcome> outcomes;
        Map<Long, float[]> weights;
        try (TestServer server = server(SYNCS, shards, cacheBytes)) {
            run(server);
            outcomes = server.outcomes();
            weights = weights(server);
        }
        Naive naive = new Naive();
        List<float[][]> expected = naive.run();

        assertThat(outcomes).hasSameSizeAs(expected).hasSize(41);
        int different = 0;
        for (int batch = 0; batch < expected.size(); batch++) {
            float[][] predictions = outcomes.get(batch).predictions();
            assertThat(predictions).hasNumberOfRows(SYNCS.size());
            for (int sync = 0; sync < SYNCS.size(); sync++) {
                assertThat(predictions[sync])
                        .as("batch %d by %s", batch, SYNCS.get(sync))
                        .containsExactly(expected.get(batch)[sync]);
                different += Arrays.equals(predictions[sync], predictions[1]) ? 0 : 1;
            }
        }
        assertThat(different).as("the syncs matter").isGreaterThan(100);
        naive.weights(naive.keys())
                .forEach(
                        (key, row) ->
                                assertThat(weights.get(key))
                                        .as("row %x", key)
                                        .containsExactly(row));
    }

    @Test
    void trainingIsTheSameWhateverSyncsThereAre() throws Exception {
        Map<Long, float[]> weights;
        List<BatchOutcome> learned;
        try (TestServer server = server(List.of(new Sync.AtOnce()), 1, AMPLE)) {
            run(server);
            weights = weights(server);
            learned = server.learned();
            assertThat(server.outcomes().get(40).predictions())
                    .isDeepEqualTo(learned.get(40).predictions());
        }
        try (TestServer server = server(List.of(new Sync.Every(Duration.ofMillis(50))), 1, AMPLE)) {
            run(server);
            weights(server)
                    .forEach((key, row) -> assertThat(row).containsExactly(weights.get(key)));
            for (int batch = 0; batch < learned.size(); batch++) {
                assertThat(server.learned().get(batch).predictions())
                        .isDeepEqualTo(learned.get(batch).predictions());
                assertThat(server.outcomes().get(batch).predictions()).hasNumberOfRows(1);
            }
        }
    }

    private TestServer server(List<Sync> syncs, int shards, long cacheBytes) throws Exception {
        ParameterServer.Settings settings =
                TestShards.settings(
                        cacheBytes,
                        new VersionDirectory(versions.toString()),
                        new SyncSettings(syncs, Duration.ofMillis(LABEL_WAIT)),
                        null);
        TrainerSettings trainer = settings.trainer();
        return new TestServer(
                spec,
                new ParameterServer.Settings(
                        new TrainerSettings(BATCH, Duration.ZERO, true, 1, 1, trainer.sync()),
                        1,
                        shards,
                        cacheBytes,
                        1,
                        settings.numbers(),
                        settings.directory(),
                        null),
                shards);
    }

    /** A watermark goes before each example that lets time pass. */
    private void run(TestServer server) throws Exception {
        for (int i = 0; i < EXAMPLES; i++) {
            if (i > 3) {
                server.watermark(arrival(i) - 1);
            }
            server.example(examples.get(i));
        }
        server.finish();
    }

    private Map<Long, float[]> weights(TestServer server) throws Exception {
        Map<Long, float[]> weights = new HashMap<>();
        for (long key : new Naive().keys()) {
            weights.put(key, server.shards().weights(key));
        }
        return weights;
    }

    /** When an example comes; every now and then nothing comes for a while. */
    private static long arrival(int i) {
        return BEGIN + 13L * i + 777L * (i / 90);
    }

    /** Some are as late as their label. */
    private List<Example> examples() {
        Random random = new Random(11);
        FeatureExtractor extractor = new FeatureExtractor(spec);
        List<Example> made = new ArrayList<>();
        for (int i = 0; i < EXAMPLES; i++) {
            long late = random.nextInt(3) == 0 ? random.nextInt((int) LABEL_WAIT) : 0;
            int user = (int) (30 * Math.pow(random.nextDouble(), 2)) + i / 60;
            try {
                made.add(
                        extractor
                                .extract(
                                        "u" + user,
                                        "i" + random.nextInt(12),
                                        Map.of("price", random.nextDouble()),
                                        Map.of(),
                                        arrival(i) - late)
                                .labelled(1 + random.nextInt(5), 1));
            } catch (Exception impossible) {
                throw new AssertionError(impossible);
            }
        }
        return made;
    }

    /** Another way to the same: no operators, no shards, and all weights copied. */
    private final class Naive {

        private final ParameterTable table =
                new ParameterTable(layout, new MemoryRowStore(), AMPLE);

        /** For each sync and instant that was passed, all weights as they were then. */
        private final List<TreeMap<Long, Map<Long, float[]>>> copies = new ArrayList<>();

        long[] keys() {
            return LongStream.concat(
                            examples.stream().flatMapToLong(e -> Arrays.stream(e.keys())),
                            LongStream.range(0, layout.dense().blocks())
                                    .map(block -> ParameterKey.ofDenseBlock((int) block)))
                    .distinct()
                    .toArray();
        }

        List<float[][]> run() {
            for (int sync = 0; sync < SYNCS.size(); sync++) {
                copies.add(new TreeMap<>(Map.of(START, weights(keys()))));
            }
            List<float[][]> predictions = new ArrayList<>();
            List<Example> batch = new ArrayList<>();
            long now = START;
            try (Learner learner = new Learner(spec, Device.cpu())) {
                for (int i = 0; i < EXAMPLES; i++) {
                    if (i > 3) {
                        pass(now, arrival(i));
                        now = arrival(i);
                    }
                    batch.add(examples.get(i));
                    if (batch.size() == BATCH || i == EXAMPLES - 1) {
                        predictions.add(predictAndLearn(learner, batch));
                        batch.clear();
                    }
                }
            }
            return predictions;
        }

        /** Copies once for each sync that lies in (before, now]. */
        private void pass(long before, long now) {
            if (before == START) {
                return;
            }
            Map<Long, float[]> copy = weights(keys());
            for (int sync = 0; sync < SYNCS.size(); sync++) {
                for (long instant = before + 1; instant <= now; instant++) {
                    if (isSync(SYNCS.get(sync), instant)) {
                        copies.get(sync).put(instant, copy);
                    }
                }
            }
        }

        private static boolean isSync(Sync sync, long instant) {
            if (sync instanceof Sync.Every every) {
                return instant % every.interval().toMillis() == 0;
            }
            return sync instanceof Sync.Once once && instant == once.at();
        }

        private float[][] predictAndLearn(Learner learner, List<Example> of) {
            MicroBatch batch = MicroBatch.of(of, layout, 1, key -> 0);
            float[][] predictions = new float[SYNCS.size()][of.size()];
            for (int sync = 0; sync < SYNCS.size(); sync++) {
                for (int b = 0; b < of.size(); b++) {
                    Map<Long, float[]> then =
                            copies.get(sync).floorEntry(of.get(b).eventTime()).getValue();
                    predictions[sync][b] = learner.predict(batch, inOrder(batch.keys(), then))[b];
                }
            }
            float[] gradients = new float[batch.weightCount()];
            float[] live = inOrder(batch.keys(), weights(batch.keys()));
            float[] learned = learner.learn(batch, live, gradients);
            for (int sync = 0; sync < SYNCS.size(); sync++) {
                if (SYNCS.get(sync) instanceof Sync.AtOnce) {
                    predictions[sync] = learned;
                }
            }
            int keys = batch.keys().length;
            table.push(
                    batch.keys(),
                    0,
                    keys,
                    batch.examplesByKey(),
                    gradients,
                    0,
                    batch.maxEventTime(),
                    null);
            return predictions;
        }

        Map<Long, float[]> weights(long[] keys) {
            Map<Long, float[]> weights = new HashMap<>();
            for (long key : keys) {
                float[] row = new float[layout.width(key)];
                var unused = table.pull(new long[] {key}, 0, 1, row, 0);
                weights.put(key, row);
            }
            return weights;
        }

        private float[] inOrder(long[] keys, Map<Long, float[]> weights) {
            float[] all = new float[Arrays.stream(keys).mapToInt(layout::width).sum()];
            int at = 0;
            for (long key : keys) {
                float[] row = weights.get(key);
                System.arraycopy(row, 0, all, at, row.length);
                at += row.length;
            }
            return all;
        }
    }
}
