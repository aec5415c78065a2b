package io.millrace.model.parameter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.architecture.TensorSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ParameterTableTest {

    /** 1500 weights: two blocks. */
    private static final List<TensorSpec> TENSORS = List.of(TensorSpec.matrix("w", 30, 50));

    private static final RowOptimizer SGD = new Sgd(0.5);
    private static final long ROOM = 10_000_000;

    static Stream<RowOptimizer> optimizers() {
        return Stream.of(
                new Sgd(0.1),
                new AdaGrad(0.1, 0, 1e-8),
                new RowWiseAdaGrad(0.1, 0, 1e-8),
                new Adam(0.01, 0.9, 0.999, 1e-8),
                new AdamW(0.01, 0.9, 0.999, 1e-8, 0.1),
                new FtrlProximal(0.1, 1, 0.01, 0.01));
    }

    @Test
    void usageExample() {
        ParameterLayout layout = Layouts.of(TENSORS, SGD, SGD, 1, 2, 3);
        MemoryRowStore store = new MemoryRowStore();
        ParameterTable table = new ParameterTable(layout, store, ROOM);
        long[] keys = {ParameterKey.ofValue(1, 100), ParameterKey.ofValue(2, 200)};

        float[] before = new float[5];
        int[] places = table.pull(keys, 0, 2, before, 0);
        table.push(keys, 0, 2, new int[] {4, 1}, new float[] {1, 2, 3, 4, 5}, 0, 1000, places);
        float[] after = new float[5];
        table.pull(keys, 0, 2, after, 0);

        for (int i = 0; i < 5; i++) {
            assertThat(after[i]).isEqualTo(before[i] - 0.5f * (i + 1));
        }
        assertThat(store.size()).isZero();
        assertThat(unwritten(table)).containsExactlyInAnyOrder(keys);
        table.writeResting(1);
        table.writeResting(1);
        assertThat(store.keys()).containsExactly(keys);
        assertThat(unwritten(table)).isEmpty();
        assertThat(cut(table, 1)).containsExactly(keys);
    }

    @Test
    void pullsDoNotCreateRows() {
        ParameterLayout layout = Layouts.of(TENSORS, SGD, SGD, 1, 2);
        MemoryRowStore store = new MemoryRowStore();
        ParameterTable table = new ParameterTable(layout, store, ROOM);
        long key = ParameterKey.ofValue(1, 100);
        float[] initial = new float[2];
        layout.initialize(key, initial, 0);

        float[] pulled = new float[2];
        table.pull(new long[] {key}, 0, 1, pulled, 0);
        table.writeResting(1);
        table.writeResting(1);

        assertThat(pulled).isEqualTo(initial);
        assertThat(store.size()).isZero();
        assertThat(table.read(key, new RowBuffer())).isFalse();
        assertThat(unwritten(table)).isEmpty();
        assertThat(cut(table, 1)).isEmpty();
    }

    @Test
    void readsWhatIsCachedAndWhatIsStored() {
        ParameterLayout layout = Layouts.of(TENSORS, SGD, SGD, 1, 2);
        MemoryRowStore store = new MemoryRowStore();
        long key = ParameterKey.ofValue(1, 100);
        RowBuffer row = new RowBuffer().over(new float[] {3, 4}, 0, 2);
        row.examples = 7;
        row.lastEventTime = 900;
        store.write(key, row);
        ParameterTable table = new ParameterTable(layout, store, ROOM);

        RowBuffer into = new RowBuffer();
        assertThat(table.read(key, into)).isTrue();
        assertThat(floats(into)).containsExactly(3, 4);
        assertThat(into.examples).isEqualTo(7);
        assertThat(table.cachedRows()).as("reading for a version fills no cache").isZero();

        table.push(new long[] {key}, 0, 1, new int[] {2}, new float[] {2, 2}, 0, 800, null);
        assertThat(table.read(key, into)).isTrue();
        assertThat(floats(into)).containsExactly(2, 3);
        assertThat(into.examples).isEqualTo(9);
        assertThat(into.lastEventTime).isEqualTo(900);
    }

    @Test
    void showsCachedRowsWhereTheyLie() {
        ParameterLayout layout = Layouts.of(TENSORS, SGD, SGD, 1, 2);
        ParameterTable table = new ParameterTable(layout, new MemoryRowStore(), ROOM);
        long[] keys = {ParameterKey.ofValue(1, 100), ParameterKey.ofValue(1, 200)};
        table.push(keys, 0, 2, new int[] {1, 2}, new float[] {1, 2, 3, 4}, 0, 0, null);
        float[] pulled = new float[4];
        table.pull(keys, 0, 2, pulled, 0);

        RowBuffer first = new RowBuffer().over(new float[9], 5, 1);
        RowBuffer second = new RowBuffer();
        table.read(keys[0], first);
        table.read(keys[1], second);

        assertThat(first.values).as("the slab").isSameAs(second.values);
        assertThat(floats(first)).containsExactly(pulled[0], pulled[1]);
        assertThat(floats(second)).containsExactly(pulled[2], pulled[3]);
        assertThat(first.examples).isEqualTo(1);
        assertThat(second.examples).isEqualTo(2);
    }

    @Test
    void readsStoredRowsOfAllSizesOneAfterTheOther() {
        ParameterLayout layout = Layouts.of(TENSORS, SGD, SGD, 1, 2, 700, 3);
        MemoryRowStore store = new MemoryRowStore();
        ParameterTable table = new ParameterTable(layout, store, ROOM);
        long[] keys = {
            ParameterKey.ofMissing(1), ParameterKey.ofMissing(2), ParameterKey.ofMissing(3)
        };
        for (long key : keys) {
            float[] values = new float[layout.of(key).size()];
            Arrays.fill(values, values.length);
            store.write(key, new RowBuffer().over(values, 0, values.length));
        }

        RowBuffer into = new RowBuffer();
        for (long key : keys) {
            assertThat(table.read(key, into)).isTrue();
            assertThat(floats(into)).hasSize(layout.of(key).size()).containsOnly(into.size);
        }
        assertThat(table.read(ParameterKey.ofValue(1, 100), into)).isFalse();
    }

    @Test
    void writesARowOnceItRests() {
        ParameterLayout layout = Layouts.of(TENSORS, SGD, SGD, 1, 2, 3);
        List<Long> writes = new ArrayList<>();
        ParameterTable table =
                new ParameterTable(layout, recordingWrites(new MemoryRowStore(), writes), ROOM);
        long hot = ParameterKey.ofMissing(1);
        long resting = ParameterKey.ofMissing(2);
        long block = ParameterKey.ofDenseBlock(1);
        long[] keys = {hot, resting, block};
        table.push(keys, 0, 3, new int[3], new float[2 + 3 + DenseLayout.BLOCK], 0, 0, null);
        for (int round = 0; round < 5; round++) {
            table.writeResting(1);
            table.push(new long[] {hot}, 0, 1, new int[1], new float[2], 0, 0, null);
        }

        assertThat(writes).containsExactlyInAnyOrder(resting, block);
        assertThat(unwritten(table)).containsExactly(hot);
        assertThat(table.cachedRows()).isEqualTo(3);

        table.push(new long[] {resting}, 0, 1, new int[1], new float[3], 0, 0, null);
        assertThat(unwritten(table)).containsExactlyInAnyOrder(hot, resting);
    }

    /** Shares that do not divide the number of rows must still come by every row. */
    @Test
    void sharesOfTheRowsAddUpToAllOfThem() {
        for (int rounds : new int[] {1, 3, 7, 50}) {
            ParameterLayout layout = Layouts.of(TENSORS, SGD, SGD, 1, 2, 3);
            ParameterTable table = new ParameterTable(layout, new MemoryRowStore(), ROOM);
            long[] keys = new long[333];
            for (int i = 0; i < keys.length; i++) {
                keys[i] = ParameterKey.ofValue(1 + i % 2, 100 + i);
            }
            table.push(keys, 0, 333, new int[333], new float[3 * 333], 0, 0, null);
            for (int round = 0; round < rounds / 2; round++) {
                table.writeResting(1.0 / rounds);
            }
            assertThat(unwritten(table).length).as("none was visited twice").isEqualTo(333);
            for (int round = rounds / 2; round < 2 * rounds; round++) {
                table.writeResting(1.0 / rounds);
            }
            assertThat(unwritten(table).length).as("after 2 x %d", rounds).isZero();
        }
    }

    /** The hint of a row that was evicted since, whose place another row took, or took back. */
    @Test
    void aHintThatIsNoLongerTrueDoesNoHarm() {
        ParameterLayout layout = Layouts.of(TENSORS, SGD, SGD, 1, 2);
        ParameterTable table =
                new ParameterTable(layout, new MemoryRowStore(), smallest(layout, 2));
        long[] keys = {ParameterKey.ofValue(1, 100), ParameterKey.ofValue(1, 200)};
        long[] others = {ParameterKey.ofValue(1, 300), ParameterKey.ofValue(1, 400)};
        float[] initial = new float[4];
        float[] initialOfOthers = new float[4];
        int[] places = table.pull(keys, 0, 2, initial, 0);
        table.pull(others, 0, 2, initialOfOthers, 0);

        table.push(keys, 0, 2, new int[2], new float[] {2, 4, 6, 8}, 0, 0, places);
        long[] swapped = {keys[1], keys[0]};
        table.push(swapped, 0, 2, new int[2], new float[] {2, 2, 4, 4}, 0, 0, places);

        float[] after = new float[4];
        table.pull(others, 0, 2, after, 0);
        assertThat(after).isEqualTo(initialOfOthers);
        table.pull(keys, 0, 2, after, 0);
        assertThat(after)
                .containsExactly(
                        initial[0] - 1 - 2,
                        initial[1] - 2 - 2,
                        initial[2] - 3 - 1,
                        initial[3] - 4 - 1);
    }

    /** A micro-batch of more keys than the cache has places: loading one key evicts another. */
    @Test
    void answersAPullLargerThanTheCache() {
        ParameterLayout layout = Layouts.of(TENSORS, SGD, SGD, 1, 2);
        ParameterTable table =
                new ParameterTable(layout, new MemoryRowStore(), smallest(layout, 3));
        long[] keys = new long[20];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = ParameterKey.ofValue(1, 100 + i);
        }
        float[] before = new float[40];
        int[] places = table.pull(keys, 0, 20, before, 0);
        float[] gradients = new float[40];
        for (int i = 0; i < 40; i++) {
            gradients[i] = i;
        }
        table.push(keys, 0, 20, new int[20], gradients, 0, 0, places);

        float[] after = new float[40];
        table.pull(keys, 0, 20, after, 0);
        for (int i = 0; i < 40; i++) {
            assertThat(after[i]).isEqualTo(before[i] - 0.5f * i);
        }
    }

    @Test
    void aRowChangedAfterACutIsInTheNext() {
        ParameterLayout layout = Layouts.of(TENSORS, SGD, SGD, 1, 2);
        ParameterTable table = new ParameterTable(layout, new MemoryRowStore(), ROOM);
        long[] keys = {ParameterKey.ofValue(1, 100), ParameterKey.ofValue(1, 200)};
        table.push(keys, 0, 2, new int[2], new float[4], 0, 0, null);
        cut(table, 1);
        table.push(keys, 1, 2, new int[2], new float[2], 0, 0, null);
        table.push(keys, 1, 2, new int[2], new float[2], 0, 0, null);
        table.complete(1);

        assertThat(cut(table, 2)).containsExactly(keys[1]);
        table.complete(2);
        table.addToNextCut(keys[0]);
        assertThat(cut(table, 3)).containsExactly(keys[0]);
    }

    /** Changed or unwritten or both, and where they are, makes no difference. */
    @Test
    void aCutCopiesRowsAsTheyAre() {
        ParameterLayout layout = Layouts.of(TENSORS, SGD, SGD, 1, 2);
        ParameterTable table =
                new ParameterTable(layout, new MemoryRowStore(), smallest(layout, 2));
        long unwritten = ParameterKey.ofValue(1, 100);
        long both = ParameterKey.ofValue(1, 200);
        long evicted = ParameterKey.ofValue(1, 300);
        table.push(new long[] {unwritten}, 0, 1, new int[] {5}, new float[2], 0, 70, null);
        cut(table, 1);
        table.complete(1);
        table.pull(new long[] {unwritten}, 0, 1, new float[2], 0);
        long[] keys = {evicted, both};
        table.push(keys, 0, 1, new int[] {1}, new float[2], 0, 0, null);
        table.push(keys, 1, 2, new int[] {1, 4}, new float[2], 0, 60, null);

        RowCopies copies = new RowCopies();
        assertThat(table.cut(2, copies)).isEmpty();
        float[] after = {8, 8};
        table.push(new long[] {both, unwritten}, 0, 2, new int[2], new float[4], 0, 0, null);

        assertThat(copies.size()).isEqualTo(3);
        assertThat(keys(copies, true, true)).containsExactly(both);
        assertThat(keys(copies, true, false)).containsExactly(unwritten);
        assertThat(keys(copies, false, true)).containsExactly(evicted);
        RowBuffer row = new RowBuffer();
        for (int i = 0; i < copies.size(); i++) {
            copies.show(i, row);
            layout.initialize(copies.key(i), after, 0);
            assertThat(floats(row)).containsExactly(after);
        }
    }

    @Test
    void refusesCheckpointsOutOfOrder() {
        ParameterLayout layout = Layouts.of(TENSORS, SGD, SGD, 1, 2);
        ParameterTable table = new ParameterTable(layout, new MemoryRowStore(), ROOM);
        cut(table, 5);

        assertThatThrownBy(() -> cut(table, 5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Checkpoint 5 cannot be cut after checkpoint 5");
        assertThatThrownBy(() -> cut(table, 4)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void countsHitsAndMisses() {
        ParameterLayout layout = Layouts.of(TENSORS, SGD, SGD, 1, 2);
        ParameterTable table = new ParameterTable(layout, new MemoryRowStore(), ROOM);
        long[] keys = {ParameterKey.ofMissing(1), ParameterKey.ofDenseBlock(0)};
        float[] weights = new float[2 + DenseLayout.BLOCK];

        int[] places = table.pull(keys, 0, 2, weights, 0);
        table.push(keys, 0, 2, new int[2], weights, 0, 0, null);
        table.push(keys, 0, 2, new int[2], weights, 0, 0, places);
        assertThat(places).as("of keys that were not cached too").doesNotContain(-1);

        assertThat(table.misses()).isEqualTo(2);
        assertThat(table.hits()).isEqualTo(4);
        assertThat(table.evictions()).isZero();
        assertThat(table.cachedRows()).isEqualTo(2);
    }

    @Test
    void aRowThatIsPulledAgainOutlivesRowsOfOneMicroBatch() {
        ParameterLayout layout = Layouts.of(TENSORS, SGD, SGD, 1, 2);
        ParameterTable table =
                new ParameterTable(layout, new MemoryRowStore(), smallest(layout, 10));
        long popular = ParameterKey.ofValue(1, 7777);
        for (int batch = 0; batch < 100; batch++) {
            long[] keys = {popular, ParameterKey.ofValue(1, 100 + batch)};
            int[] places = table.pull(keys, 0, 2, new float[4], 0);
            table.push(keys, 0, 2, new int[] {1, 1}, new float[4], 0, batch, places);
        }

        assertThat(table.misses()).isEqualTo(101);
        assertThat(table.evictions()).isEqualTo(91);
    }

    @Test
    void saysHowMuchMemoryIsNeeded() {
        ParameterLayout layout = Layouts.of(TENSORS, SGD, SGD, 1, 2, 3);
        long needed = smallest(layout, 1);

        assertThatThrownBy(() -> new ParameterTable(layout, new MemoryRowStore(), needed - 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cache of " + (needed - 1) + " bytes is too small")
                .hasMessageContaining("at least " + needed + " bytes")
                .hasMessageContaining("(2 rows)")
                .hasMessageContaining("2 sparse features");
        new ParameterTable(layout, new MemoryRowStore(), needed);
    }

    @Test
    void neverHoldsMoreRowsThanItsMemoryAllows() {
        ParameterLayout layout = Layouts.of(TENSORS, SGD, SGD, 1, 2, 3, 2);
        ParameterTable table =
                new ParameterTable(layout, new MemoryRowStore(), smallest(layout, 5));
        long[] keys = new long[3000];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = ParameterKey.ofValue(1 + i % 3, 100 + i);
        }

        table.pull(keys, 0, keys.length, new float[3 * keys.length], 0);

        assertThat(table.cachedRows()).isEqualTo(15);
    }

    @Test
    void denseBlocksAreNeverEvicted() {
        // Dense and embedding rows of one size must not compete either.
        ParameterLayout layout = Layouts.of(TENSORS, SGD, SGD, 1, DenseLayout.BLOCK);
        ParameterTable table =
                new ParameterTable(layout, new MemoryRowStore(), smallest(layout, 2));
        long[] blocks = {ParameterKey.ofDenseBlock(0), ParameterKey.ofDenseBlock(1)};
        float[] weights = new float[2 * DenseLayout.BLOCK];
        table.pull(blocks, 0, 2, weights, 0);
        for (int i = 0; i < 50; i++) {
            table.pull(new long[] {ParameterKey.ofValue(1, 100 + i)}, 0, 1, weights, 0);
        }
        long misses = table.misses();

        table.pull(blocks, 0, 2, weights, 0);

        assertThat(table.misses()).isEqualTo(misses);
    }

    @Test
    void refusesKeysOfSlotsThatTheModelHasNot() {
        ParameterLayout layout = Layouts.of(TENSORS, SGD, SGD, 1, 2);
        ParameterTable table = new ParameterTable(layout, new MemoryRowStore(), ROOM);

        assertThatThrownBy(
                        () ->
                                table.pull(
                                        new long[] {ParameterKey.ofMissing(2)},
                                        0,
                                        1,
                                        new float[2],
                                        0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("slot 2")
                .hasMessageContaining("end at 1");
    }

    /** Random steps over tiny caches, against a plain map. */
    @ParameterizedTest
    @MethodSource("optimizers")
    void agreesWithAPlainMapThroughConstantEviction(RowOptimizer optimizer) {
        for (int seed = 0; seed < 6; seed++) {
            RandomSteps steps = new RandomSteps(optimizer, seed);
            for (int step = 0; step < 2500; step++) {
                steps.next();
            }
            steps.assertEnd();
        }
    }

    private static void assertSameRow(ParameterTable table, PlainTable plain, long key) {
        RowBuffer into = new RowBuffer();
        assertThat(table.read(key, into)).isEqualTo(plain.rows.containsKey(key));
        PlainRow expected = plain.rows.get(key);
        if (expected != null) {
            expected.assertSame(into);
        }
    }

    private static long[] concat(long[] left, long[] right) {
        return LongStream.concat(LongStream.of(left), LongStream.of(right)).toArray();
    }

    private static long[] cut(ParameterTable table, long checkpointId) {
        RowCopies copies = new RowCopies();
        assertThat(table.cut(checkpointId, copies)).isEmpty();
        return changed(copies);
    }

    private static long[] unwritten(ParameterTable table) {
        RowCopies copies = new RowCopies();
        table.copyUnwritten(copies);
        assertThat(changed(copies)).isEmpty();
        return unwritten(copies);
    }

    private static long[] changed(RowCopies copies) {
        return Arrays.stream(copies.changedByKey()).mapToLong(copies::key).toArray();
    }

    private static long[] unwritten(RowCopies copies) {
        return IntStream.range(0, copies.size())
                .filter(copies::isUnwritten)
                .mapToLong(copies::key)
                .toArray();
    }

    private static long[] keys(RowCopies copies, boolean unwritten, boolean changed) {
        return IntStream.range(0, copies.size())
                .filter(i -> copies.isUnwritten(i) == unwritten && copies.isChanged(i) == changed)
                .mapToLong(copies::key)
                .toArray();
    }

    private static float[] floats(RowBuffer row) {
        return Arrays.copyOfRange(row.values, row.at, row.at + row.size);
    }

    /** Mostly embedding rows of three slots, few of them popular; now and then a dense block. */
    private static long[] randomKeys(Random random) {
        long[] keys = new long[1 + random.nextInt(8)];
        for (int i = 0; i < keys.length; i++) {
            boolean dense = random.nextInt(20) == 0;
            int value = random.nextInt(random.nextBoolean() ? 4 : 200);
            keys[i] =
                    dense
                            ? ParameterKey.ofDenseBlock(random.nextInt(2))
                            : ParameterKey.ofValue(1 + random.nextInt(3), 1000L + value);
        }
        return keys;
    }

    private static int width(ParameterLayout layout, long[] keys, int from, int to) {
        return Arrays.stream(keys, from, to).mapToInt(layout::width).sum();
    }

    /** Bytes for the dense blocks and so many rows of each sparse slot. */
    private static long smallest(ParameterLayout layout, long rows) {
        long bytes = layout.dense().blocks() * RowCache.bytes(layout.slot(0).size());
        for (int slot = 1; slot < layout.slots(); slot++) {
            bytes += rows * RowCache.bytes(layout.slot(slot).size());
        }
        return bytes;
    }

    private static RowStore recordingWrites(RowStore store, List<Long> writes) {
        return new RowStore() {
            @Override
            public boolean read(long key, RowBuffer row) {
                return store.read(key, row);
            }

            @Override
            public void write(long key, RowBuffer row) {
                writes.add(key);
                store.write(key, row);
            }

            @Override
            public void remove(long key) {
                store.remove(key);
            }
        };
    }

    /** A table under test, what it should be, and what could befall it next. */
    private static final class RandomSteps {

        private final ParameterLayout layout;
        private final Random random;
        private final long cacheBytes;
        private final long evictedBytes;
        private final List<Pulled> pulled = new ArrayList<>();
        private final RowCopies copies = new RowCopies();
        private MemoryRowStore store = new MemoryRowStore();
        private ParameterTable table;
        private PlainTable plain;
        private Checkpoint checkpoint;
        private long lastCut;
        private long firstCutOfThisLife = 1;
        private long evictions;
        private int written;
        private int restarts;
        private int notCopied;

        RandomSteps(RowOptimizer optimizer, int seed) {
            layout = Layouts.of(TENSORS, optimizer, optimizer, seed, 4, 2, 4);
            random = new Random(seed);
            cacheBytes = smallest(layout, 1 + 6L * seed);
            evictedBytes = seed * 200L;
            table = new ParameterTable(layout, store, cacheBytes, evictedBytes);
            plain = new PlainTable(layout);
            checkpoint = new Checkpoint(new MemoryRowStore(), plain.copy());
        }

        void next() {
            switch (random.nextInt(100)) {
                case 0, 1, 2 -> cut();
                case 3, 4 -> complete();
                case 5 -> checkpoint = checkpoint();
                case 6 -> restart();
                case 7, 8, 9 -> assertSameRow(table, plain, randomKeys(random)[0]);
                case 10, 11, 12, 13 -> writeResting();
                default -> {
                    if (random.nextBoolean()) {
                        pull();
                    } else {
                        push();
                    }
                }
            }
        }

        void assertEnd() {
            plain.rows.keySet().forEach(key -> assertSameRow(table, plain, key));
            MemoryRowStore all = checkpoint().rows;
            assertThat(all.keys())
                    .containsExactly(
                            SortedKeys.ascending(
                                    plain.rows.keySet().stream()
                                            .mapToLong(Long::longValue)
                                            .toArray()));
            assertThat(evictions + table.evictions()).isGreaterThan(100);
            assertThat(written).isGreaterThan(20);
            assertThat(restarts).isGreaterThan(5);
            if (evictedBytes == 0) {
                assertThat(notCopied).isPositive();
            }
        }

        private void pull() {
            long[] keys = randomKeys(random);
            int from = random.nextInt(keys.length);
            int to = from + random.nextInt(keys.length - from + 1);
            float[] actual = new float[3 + width(layout, keys, from, to)];
            int[] places = table.pull(keys, from, to, actual, 3);
            int at = 3;
            for (int i = from; i < to; i++) {
                int width = layout.width(keys[i]);
                assertThat(Arrays.copyOfRange(actual, at, at + width))
                        .isEqualTo(Arrays.copyOf(plain.row(keys[i]).values, width));
                at += width;
            }
            assertThat(Arrays.copyOf(actual, 3)).containsOnly(0f);
            pulled.add(new Pulled(keys, from, to, places));
        }

        /** Mostly of what was pulled just now, or some time ago; else of what was not pulled. */
        private void push() {
            long[] keys = randomKeys(random);
            Pulled push = new Pulled(keys, 0, keys.length, null);
            if (!pulled.isEmpty() && random.nextInt(4) > 0) {
                int last = pulled.size() - 1;
                push = pulled.remove(random.nextBoolean() ? last : random.nextInt(last + 1));
            }
            push(push.keys, push.from, push.to, push.places);
        }

        private void push(long[] keys, int from, int to, int @Nullable [] places) {
            float[] gradients = new float[2 + width(layout, keys, from, to)];
            for (int i = 0; i < gradients.length; i++) {
                gradients[i] = (float) random.nextGaussian();
            }
            int[] examples = random.ints(keys.length, 1, 10).toArray();
            long eventTime = random.nextInt(100_000) - 1000L;
            table.push(keys, from, to, examples, gradients, 2, eventTime, places);
            int at = 2;
            for (int i = from; i < to; i++) {
                plain.push(keys[i], examples[i], gradients, at, eventTime);
                plain.lastChange.put(keys[i], lastCut + 1);
                at += layout.width(keys[i]);
            }
        }

        private void writeResting() {
            int before = unwritten(table).length;
            table.writeResting(random.nextInt(3) == 0 ? 1 : random.nextDouble() + 1e-9);
            written += before - unwritten(table).length;
        }

        private void cut() {
            if (random.nextInt(4) == 0) {
                plain.rows.keySet().stream()
                        .findAny()
                        .ifPresent(
                                key -> {
                                    table.addToNextCut(key);
                                    plain.lastChange.put(key, lastCut + 1);
                                });
            }
            long[] expected = plain.changedAfter(plain.lastComplete);
            long[] dirty = SortedKeys.ascending(unwritten(table));
            lastCut++;
            copies.clear();
            long[] others = table.cut(lastCut, copies);
            notCopied += others.length;
            assertThat(others).isEqualTo(SortedKeys.ascending(others.clone()));
            long[] copied = changed(copies);
            assertThat(copied).isEqualTo(SortedKeys.ascending(copied.clone()));
            assertThat(SortedKeys.ascending(concat(copied, others))).containsExactly(expected);
            for (long key : others) {
                assertSameRow(table, plain, key);
            }
            assertThat(SortedKeys.ascending(unwritten(copies))).containsExactly(dirty);
            assertSame(copies);
        }

        /** A row that the store has, too, may be there without its state. */
        private void assertSame(RowCopies actual) {
            RowBuffer row = new RowBuffer();
            for (int i = 0; i < actual.size(); i++) {
                actual.show(i, row);
                long key = actual.key(i);
                assertThat(row.size).isGreaterThanOrEqualTo(layout.width(key));
                if (!actual.isUnwritten(i)) {
                    plain.row(key).assertBeginsWith(row);
                } else {
                    plain.row(key).assertSame(row);
                }
            }
        }

        private void complete() {
            if (lastCut >= firstCutOfThisLife) {
                long cuts = lastCut - firstCutOfThisLife + 1;
                long completed = lastCut - random.nextInt((int) Math.min(3, cuts));
                table.complete(completed);
                plain.lastComplete = Math.max(plain.lastComplete, completed);
            }
        }

        /** The store as it is, and what it lacks. */
        private Checkpoint checkpoint() {
            MemoryRowStore rows = copy(store);
            RowBuffer row = new RowBuffer();
            RowCopies unwritten = new RowCopies();
            table.copyUnwritten(unwritten);
            for (int i = 0; i < unwritten.size(); i++) {
                unwritten.show(i, row);
                rows.write(unwritten.key(i), row);
            }
            for (long key : rows.keys()) {
                int size = layout.of(key).size();
                rows.read(key, row.over(new float[size], 0, size));
                plain.row(key).assertSame(row);
            }
            return new Checkpoint(rows, plain.copy());
        }

        /** All that was done since the checkpoint is lost. */
        private void restart() {
            evictions += table.evictions();
            restarts++;
            store = copy(checkpoint.rows);
            plain = checkpoint.plain.copy();
            plain.lastChange.clear();
            plain.lastComplete = lastCut;
            firstCutOfThisLife = lastCut + 1;
            table = new ParameterTable(layout, store, cacheBytes, evictedBytes);
            pulled.clear();
        }

        private MemoryRowStore copy(MemoryRowStore rows) {
            MemoryRowStore copy = new MemoryRowStore();
            RowBuffer row = new RowBuffer();
            for (long key : rows.keys()) {
                int size = layout.of(key).size();
                rows.read(key, row.over(new float[size], 0, size));
                copy.write(key, row);
            }
            return copy;
        }

        private record Pulled(long[] keys, int from, int to, int @Nullable [] places) {}

        private record Checkpoint(MemoryRowStore rows, PlainTable plain) {}
    }

    /** The same behaviour without cache and store. */
    private static final class PlainTable {

        final Map<Long, PlainRow> rows = new HashMap<>();

        /** By key, the cut before which the row changed last. */
        final Map<Long, Long> lastChange = new HashMap<>();

        long lastComplete;
        private final ParameterLayout layout;

        PlainTable(ParameterLayout layout) {
            this.layout = layout;
        }

        PlainTable copy() {
            PlainTable copy = new PlainTable(layout);
            rows.forEach((key, row) -> copy.rows.put(key, row.copy()));
            copy.lastChange.putAll(lastChange);
            copy.lastComplete = lastComplete;
            return copy;
        }

        long[] changedAfter(long cut) {
            return SortedKeys.ascending(
                    lastChange.entrySet().stream()
                            .filter(change -> change.getValue() > cut)
                            .mapToLong(Map.Entry::getKey)
                            .toArray());
        }

        PlainRow row(long key) {
            PlainRow row = rows.get(key);
            if (row == null) {
                row = new PlainRow(new float[layout.of(key).size()]);
                layout.initialize(key, row.values, 0);
            }
            return row;
        }

        void push(long key, int examples, float[] gradients, int at, long eventTime) {
            PlainRow row = row(key);
            RowLayout shape = layout.of(key);
            shape.optimizer().update(row.values, 0, shape.width(), gradients, at);
            row.lastEventTime =
                    rows.containsKey(key) ? Math.max(row.lastEventTime, eventTime) : eventTime;
            row.examples += examples;
            rows.put(key, row);
        }
    }

    private static final class PlainRow {

        final float[] values;
        long examples;
        long lastEventTime;

        PlainRow(float[] values) {
            this.values = values;
        }

        PlainRow copy() {
            PlainRow copy = new PlainRow(values.clone());
            copy.examples = examples;
            copy.lastEventTime = lastEventTime;
            return copy;
        }

        void assertSame(RowBuffer actual) {
            assertThat(actual.size).isEqualTo(values.length);
            assertBeginsWith(actual);
        }

        void assertBeginsWith(RowBuffer actual) {
            assertThat(floats(actual)).isEqualTo(Arrays.copyOf(values, actual.size));
            assertThat(actual.examples).isEqualTo(examples);
            assertThat(actual.lastEventTime).isEqualTo(lastEventTime);
        }
    }
}
