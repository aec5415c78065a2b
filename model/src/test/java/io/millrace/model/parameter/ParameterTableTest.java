package io.millrace.model.parameter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.architecture.TensorSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
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
        table.pull(keys, 0, 2, before, 0);
        table.push(keys, 0, 2, new int[] {4, 1}, new float[] {1, 2, 3, 4, 5}, 0, 1000);
        float[] after = new float[5];
        table.pull(keys, 0, 2, after, 0);

        for (int i = 0; i < 5; i++) {
            assertThat(after[i]).isEqualTo(before[i] - 0.5f * (i + 1));
        }
        assertThat(store.size()).isZero();
        table.flush();
        assertThat(store.keys()).containsExactly(keys);
        assertThat(table.changes().cut(1)).containsExactly(keys);
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
        table.flush();

        assertThat(pulled).isEqualTo(initial);
        assertThat(store.size()).isZero();
        assertThat(table.read(key, new RowBuffer())).isFalse();
        assertThat(table.changes().size()).isZero();
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
        assertThat(into.values).containsExactly(3, 4);
        assertThat(into.examples).isEqualTo(7);
        assertThat(table.cachedRows()).as("reading for a version fills no cache").isZero();

        table.push(new long[] {key}, 0, 1, new int[] {2}, new float[] {2, 2}, 0, 800);
        assertThat(table.read(key, into)).isTrue();
        assertThat(into.values).containsExactly(2, 3);
        assertThat(into.examples).isEqualTo(9);
        assertThat(into.lastEventTime).isEqualTo(900);
    }

    @Test
    void readsIntoTheBeginningOfALargerArray() {
        ParameterLayout layout = Layouts.of(TENSORS, SGD, SGD, 1, 2);
        ParameterTable table = new ParameterTable(layout, new MemoryRowStore(), ROOM);
        long key = ParameterKey.ofValue(1, 100);
        table.push(new long[] {key}, 0, 1, new int[] {1}, new float[2], 0, 0);

        float[] large = {9, 9, 9};
        RowBuffer into = new RowBuffer().over(large, 1, 1);
        assertThat(table.read(key, into)).isTrue();

        assertThat(into.values).isSameAs(large);
        assertThat(into.at).isZero();
        assertThat(into.size).isEqualTo(2);
        assertThat(large[2]).isEqualTo(9);
        assertThat(large[1]).isNotEqualTo(9);
    }

    @Test
    void flushWritesInKeyOrderAndOnlyOnce() {
        ParameterLayout layout = Layouts.of(TENSORS, SGD, SGD, 1, 2, 3, 2);
        List<Long> writes = new ArrayList<>();
        MemoryRowStore rows = new MemoryRowStore();
        RowStore store = recordingWrites(rows, writes);
        ParameterTable table = new ParameterTable(layout, store, ROOM);
        long[] keys = {
            ParameterKey.ofMissing(3),
            ParameterKey.ofMissing(1),
            ParameterKey.ofMissing(2),
            ParameterKey.ofDenseBlock(1)
        };
        table.push(keys, 0, 4, new int[4], new float[2 + 2 + 3 + DenseLayout.BLOCK], 0, 0);

        table.flush();
        table.flush();

        assertThat(writes).containsExactly(keys[3], keys[1], keys[2], keys[0]);
        assertThat(table.cachedRows()).isEqualTo(4);
    }

    @Test
    void countsHitsAndMisses() {
        ParameterLayout layout = Layouts.of(TENSORS, SGD, SGD, 1, 2);
        ParameterTable table = new ParameterTable(layout, new MemoryRowStore(), ROOM);
        long[] keys = {ParameterKey.ofMissing(1), ParameterKey.ofDenseBlock(0)};
        float[] weights = new float[2 + DenseLayout.BLOCK];

        table.pull(keys, 0, 2, weights, 0);
        table.push(keys, 0, 2, new int[2], weights, 0, 0);

        assertThat(table.misses()).isEqualTo(2);
        assertThat(table.hits()).isEqualTo(2);
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
            table.pull(keys, 0, 2, new float[4], 0);
            table.push(keys, 0, 2, new int[] {1, 1}, new float[4], 0, batch);
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

    /** Random pulls, pushes, reads, flushes and restarts over tiny caches, against a plain map. */
    @ParameterizedTest
    @MethodSource("optimizers")
    void agreesWithAPlainMapThroughConstantEviction(RowOptimizer optimizer) {
        for (int seed = 0; seed < 6; seed++) {
            ParameterLayout layout = Layouts.of(TENSORS, optimizer, optimizer, seed, 4, 2, 4);
            MemoryRowStore store = new MemoryRowStore();
            long bytes = smallest(layout, 1 + 4L * seed);
            ParameterTable table = new ParameterTable(layout, store, bytes);
            PlainTable plain = new PlainTable(layout);
            Random random = new Random(seed);
            Set<Long> changed = new HashSet<>();
            long evictions = 0;
            for (int step = 0; step < 1500; step++) {
                long[] keys = randomKeys(random);
                int from = random.nextInt(keys.length);
                int to = from + random.nextInt(keys.length - from + 1);
                switch (random.nextInt(10)) {
                    case 0, 1, 2, 3 -> assertSamePull(layout, table, plain, keys, from, to);
                    case 4, 5, 6, 7 -> {
                        push(layout, table, plain, random, keys, from, to);
                        for (int i = from; i < to; i++) {
                            changed.add(keys[i]);
                        }
                    }
                    case 8 -> assertSameRow(table, plain, keys[0]);
                    default -> {
                        table.flush();
                        if (random.nextInt(10) == 0) {
                            evictions += table.evictions();
                            table = new ParameterTable(layout, store, bytes);
                            changed.clear();
                        }
                    }
                }
            }
            assertThat(table.changes().cut(1))
                    .containsExactly(
                            SortedKeys.ascending(
                                    changed.stream().mapToLong(Long::longValue).toArray()));
            for (long key : plain.rows.keySet()) {
                assertSameRow(table, plain, key);
            }
            table.flush();
            assertThat(store.keys())
                    .containsExactly(
                            SortedKeys.ascending(
                                    plain.rows.keySet().stream()
                                            .mapToLong(Long::longValue)
                                            .toArray()));
            for (long key : store.keys()) {
                RowBuffer stored = new RowBuffer();
                int size = layout.of(key).size();
                stored.over(new float[size], 0, size);
                store.read(key, stored);
                plain.row(key).assertSame(stored);
            }
            assertThat(evictions + table.evictions()).isGreaterThan(100);
        }
    }

    private static void assertSamePull(
            ParameterLayout layout,
            ParameterTable table,
            PlainTable plain,
            long[] keys,
            int from,
            int to) {
        float[] actual = new float[3 + width(layout, keys, from, to)];
        table.pull(keys, from, to, actual, 3);
        int at = 3;
        for (int i = from; i < to; i++) {
            int width = layout.width(keys[i]);
            assertThat(Arrays.copyOfRange(actual, at, at + width))
                    .isEqualTo(Arrays.copyOf(plain.row(keys[i]).values, width));
            at += width;
        }
        assertThat(Arrays.copyOf(actual, 3)).containsOnly(0f);
    }

    private static void push(
            ParameterLayout layout,
            ParameterTable table,
            PlainTable plain,
            Random random,
            long[] keys,
            int from,
            int to) {
        float[] gradients = new float[2 + width(layout, keys, from, to)];
        for (int i = 0; i < gradients.length; i++) {
            gradients[i] = (float) random.nextGaussian();
        }
        int[] examples = random.ints(keys.length, 1, 10).toArray();
        long eventTime = random.nextInt(100_000) - 1000L;
        table.push(keys, from, to, examples, gradients, 2, eventTime);
        int at = 2;
        for (int i = from; i < to; i++) {
            plain.push(keys[i], examples[i], gradients, at, eventTime);
            at += layout.width(keys[i]);
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
        };
    }

    /** The same behaviour without cache and store. */
    private static final class PlainTable {

        final Map<Long, PlainRow> rows = new HashMap<>();
        private final ParameterLayout layout;

        PlainTable(ParameterLayout layout) {
            this.layout = layout;
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

        void assertSame(RowBuffer actual) {
            assertThat(Arrays.copyOfRange(actual.values, actual.at, actual.at + actual.size))
                    .isEqualTo(values);
            assertThat(actual.examples).isEqualTo(examples);
            assertThat(actual.lastEventTime).isEqualTo(lastEventTime);
        }
    }
}
