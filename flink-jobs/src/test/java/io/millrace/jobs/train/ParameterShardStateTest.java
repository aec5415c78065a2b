package io.millrace.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.Architectures;
import io.millrace.model.config.ConfigNode;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.AdaGrad;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where the rows of a shard are at a checkpoint: in keyed state, or beside it until they rest. */
class ParameterShardStateTest {

    private static final long LARGE_CACHE = 256 << 20;

    /** Holds the dense blocks and a handful of rows of each feature, so that most are evicted. */
    private static final long SMALL_CACHE = 600_000;

    private static final long BLOCK = ParameterKey.ofDenseBlock(0);
    private static final long HOT = ParameterKey.ofValue(1, 1);

    @TempDir private Path versions;
    private final ModelSpec spec = spec();
    private final ParameterLayout layout = new ParameterLayout(spec);
    private final Random random = new Random(1);

    @Test
    void usageExample() throws Exception {
        OperatorSubtaskState checkpoint;
        float[] trained;
        try (TestShards shards = begin(LARGE_CACHE)) {
            shards.train(random, HOT);
            checkpoint = shards.checkpoint(1);
            trained = shards.weights(HOT);
            assertThat(shards.keysInState()).isEmpty();
        }

        assertThat(RawRows.of(checkpoint, layout).keys()).containsExactly(HOT);
        try (TestShards restored = restore(LARGE_CACHE, 1, checkpoint, 1)) {
            assertThat(restored.weights(HOT)).containsExactly(trained);
            assertThat(restored.keysInState()).containsExactly(HOT);
        }
    }

    @Test
    void aCheckpointOfNothingIsRestored() throws Exception {
        OperatorSubtaskState checkpoint;
        try (TestShards shards = begin(LARGE_CACHE)) {
            checkpoint = shards.checkpoint(1);
        }

        assertThat(RawRows.of(checkpoint, layout).size()).isZero();
        try (TestShards restored = restore(LARGE_CACHE, 2, checkpoint, 1)) {
            assertThat(restored.keysInState()).isEmpty();
        }
    }

    /** Optimizer state too: what is trained on from there comes out the same. */
    @ParameterizedTest
    @CsvSource({
        "1, 1, " + SMALL_CACHE,
        "1, 2, " + SMALL_CACHE,
        "2, 1, " + SMALL_CACHE,
        "1, 1, " + LARGE_CACHE,
        "1, 2, " + LARGE_CACHE,
        "2, 1, " + LARGE_CACHE,
        "2, 3, " + LARGE_CACHE
    })
    void restoredShardsGoOnAsIfNothingHadHappened(int before, int after, long cacheBytes)
            throws Exception {
        try (TestShards shards = new TestShards(spec, versions, cacheBytes, before, null, 1)) {
            for (long id = 1; id <= 3; id++) {
                trainMany(shards, id);
                shards.checkpoint(id);
            }
            trainMany(shards, 4);
            OperatorSubtaskState checkpoint = shards.checkpoint(4);
            int unwritten = RawRows.of(checkpoint, layout).size();
            int written = shards.keysInState().size();
            assertThat(unwritten).isPositive();
            assertThat(written).isPositive();

            try (TestShards restored = restore(cacheBytes, after, checkpoint, before)) {
                assertSame(shards, restored);
                // One key at a time, so that both draw the same gradients however many they are.
                for (long key : trainedKeys()) {
                    shards.train(new Random(key), key);
                    restored.train(new Random(key), key);
                }
                assertSame(shards, restored);
            }
        }
    }

    @Test
    void whatIsPushedAllTheTimeIsNeverInStateYetAlwaysRestored() throws Exception {
        try (TestShards shards = begin(LARGE_CACHE)) {
            for (long id = 1; id <= 10; id++) {
                for (int batch = 0; batch < 30; batch++) {
                    shards.train(
                            random, HOT, BLOCK, ParameterKey.ofValue(1, 500 + 30 * id + batch));
                }
                OperatorSubtaskState checkpoint = shards.checkpoint(id);

                assertThat(shards.keysInState()).doesNotContain(HOT, BLOCK);
                assertThat(RawRows.of(checkpoint, layout).keys()).contains(HOT, BLOCK);
                try (TestShards restored = restore(LARGE_CACHE, 1, checkpoint, 1)) {
                    assertThat(restored.weights(HOT)).containsExactly(shards.weights(HOT));
                    assertThat(restored.weights(BLOCK)).containsExactly(shards.weights(BLOCK));
                }
            }
        }
    }

    /** As much as a share of them with each push, so that none has to write them all. */
    @Test
    void whatRestsMovesToStateLittleByLittle() throws Exception {
        int rows = 600;
        int pushes = 100;
        try (TestShards shards = begin(LARGE_CACHE)) {
            for (int batch = 0; batch < pushes; batch++) {
                int from = batch * rows / pushes;
                shards.train(random, TestShards.keys(1, from, from + rows / pushes));
            }
            OperatorSubtaskState first = shards.checkpoint(1);
            assertThat(shards.keysInState()).as("no interval is known yet").isEmpty();
            assertThat(RawRows.of(first, layout).size()).isEqualTo(rows);

            List<Integer> written = new ArrayList<>();
            for (int batch = 0; batch < 3 * pushes; batch++) {
                if (batch == pushes) {
                    shards.checkpoint(2);
                }
                int before = shards.keysInState().size();
                shards.train(random, HOT);
                written.add(shards.keysInState().size() - before);
            }
            OperatorSubtaskState last = shards.checkpoint(3);

            assertThat(RawRows.of(last, layout).keys()).containsExactly(HOT);
            assertThat(shards.keysInState()).hasSize(rows).doesNotContain(HOT);
            assertThat(written).allMatch(count -> count <= 2 * rows / pushes);
        }
    }

    /** With a checkpoint every second, what changes every few seconds is not written each time. */
    @Test
    void whatRestsForLessThanSecondsIsCarriedHoweverFrequentCheckpointsAre() throws Exception {
        int rows = 1900;
        try (TestShards shards = begin(LARGE_CACHE)) {
            shards.checkpointEvery(Duration.ofSeconds(1));
            for (int id = 1; id <= 22; id++) {
                for (int batch = 0; batch < 100; batch++) {
                    shards.train(random, HOT);
                    if (id == 1) {
                        shards.train(random, TestShards.keys(1, 19 * batch, 19 * batch + 19));
                    }
                }
                OperatorSubtaskState checkpoint = shards.checkpoint(id);

                int carried = RawRows.of(checkpoint, layout).size();
                assertThat(carried + shards.keysInState().size()).isEqualTo(rows + 1);
                if (id <= 9) {
                    assertThat(carried).as("second %d", id).isEqualTo(rows + 1);
                }
            }
            assertThat(shards.keysInState()).hasSize(rows).doesNotContain(HOT);
        }
    }

    /** Or every row would be written as soon as it has rested for two pushes. */
    @Test
    void anIntervalOfOnePushDoesNotMakeTheNextWriteTheCacheThroughAtEachPush() throws Exception {
        int rows = 640;
        int most = 2 * rows / 64;
        try (TestShards shards = begin(LARGE_CACHE)) {
            shards.train(random, TestShards.keys(1, 0, rows));
            shards.checkpoint(1);

            List<Integer> written = new ArrayList<>();
            for (int batch = 0; batch < 32; batch++) {
                int before = shards.keysInState().size();
                shards.train(random, HOT);
                written.add(shards.keysInState().size() - before);
            }
            assertThat(written).allMatch(count -> count <= most);
            OperatorSubtaskState second = shards.checkpoint(2);
            assertThat(RawRows.of(second, layout).size()).isGreaterThanOrEqualTo(rows / 2);

            for (int batch = 0; batch < 128; batch++) {
                shards.train(random, HOT);
            }
            assertThat(shards.keysInState()).as("in the end all").hasSize(rows);
        }
    }

    private TestShards begin(long cacheBytes) throws Exception {
        return restore(cacheBytes, 1, null, 1);
    }

    private TestShards restore(
            long cacheBytes, int parallelism, @Nullable OperatorSubtaskState checkpoint, int from)
            throws Exception {
        return new TestShards(spec, versions, cacheBytes, parallelism, checkpoint, from);
    }

    /** Some rows rest after a while; long ones and the dense block are among those that do not. */
    private void trainMany(TestShards shards, long interval) throws Exception {
        for (int batch = 0; batch < 60; batch++) {
            int from = (int) (200 * interval + 3 * batch);
            long[] fresh = TestShards.keys(1, from, from + 10);
            shards.train(random, HOT);
            shards.train(random, fresh);
            shards.train(random, BLOCK, TestShards.keys(2, batch % 3, batch % 3 + 1)[0]);
        }
    }

    private static long[] trainedKeys() {
        long[] few = {HOT, BLOCK};
        long[] all = TestShards.keys(1, 200, 4 * 200 + 3 * 60 + 10);
        return concat(concat(few, TestShards.keys(2, 0, 3)), all);
    }

    private static long[] concat(long[] left, long[] right) {
        long[] both = Arrays.copyOf(left, left.length + right.length);
        System.arraycopy(right, 0, both, left.length, right.length);
        return both;
    }

    private static void assertSame(TestShards expected, TestShards actual) throws Exception {
        for (long key : trainedKeys()) {
            assertThat(actual.weights(key))
                    .as("row %x", key)
                    .containsExactly(expected.weights(key));
        }
    }

    /** Short rows, and rows with which no second fits into a buffer of 64 KiB. */
    private static ModelSpec spec() {
        return new ModelSpec(
                "shard-state-test",
                new Objective.Click(),
                List.of(
                        new FeatureSpec.Categorical("short", "short", 2),
                        new FeatureSpec.Categorical("long", "long", 8300)),
                Architectures.read(
                        ConfigNode.parse("{type: dcn-v2, cross-layers: 0, hidden: [2]}", "test")),
                new AdaGrad(0.1, 0.1, 1e-8),
                new AdaGrad(0.1, 0.1, 1e-8),
                1);
    }
}
