package io.millrace.model.parameter;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.architecture.TensorSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrozenWeightsTest {

    private static final RowOptimizer SGD = new Sgd(0.5);
    private static final RowOptimizer ADAGRAD = new AdaGrad(0.1, 0, 1e-8);
    private static final long ROOM = 10_000_000;

    /** 1500 weights: two dense blocks, and two features. */
    private final ParameterLayout layout =
            Layouts.of(List.of(TensorSpec.matrix("w", 30, 50)), ADAGRAD, SGD, 1, 2, 3);

    private final long[] keys =
            LongStream.concat(
                            LongStream.of(
                                    ParameterKey.ofDenseBlock(0), ParameterKey.ofDenseBlock(1)),
                            LongStream.range(0, 300)
                                    .map(i -> ParameterKey.ofValue(1 + (int) (i % 2), 100 + i)))
                    .toArray();

    @Test
    void usageExample() {
        ParameterTable table = new ParameterTable(layout, new MemoryRowStore(), ROOM);
        FrozenWeights frozen = new FrozenWeights(layout, 1);
        table.saveTo(frozen);
        long[] key = {keys[2]};
        push(table, key, new float[] {1, 1});
        float[] then = pull(table, key);
        frozen.freeze(0, 7, FrozenWeights.START);
        push(table, key, new float[] {1, 1});
        push(table, key, new float[] {1, 1});

        float[] live = pull(table, key);
        assertThat(read(frozen, 0, 7, key, live)).containsExactly(then).isNotEqualTo(live);
    }

    /** Rows that are created, cached, evicted and brought back between many moments. */
    @ParameterizedTest
    @ValueSource(longs = {20_000, ROOM})
    void areAsAFullCopyAtEachMoment(long cacheBytes) {
        Random random = new Random(5);
        ParameterTable table = new ParameterTable(layout, new MemoryRowStore(), cacheBytes);
        FrozenWeights frozen = new FrozenWeights(layout, 2);
        table.saveTo(frozen);
        List<NavigableMap<Long, float[]>> copies = List.of(new TreeMap<>(), new TreeMap<>());
        for (var copy : copies) {
            copy.put(FrozenWeights.START, pull(table, keys));
        }
        int[] interval = {3, 11};

        for (int step = 0; step < 300; step++) {
            long[] some = drawn(random, 1 + random.nextInt(12));
            float[] gradients = new float[width(some)];
            for (int i = 0; i < gradients.length; i++) {
                gradients[i] = random.nextFloat() - 0.5f;
            }
            push(table, some, gradients);
            for (int series = 0; series < 2; series++) {
                if (step % interval[series] == 0) {
                    NavigableMap<Long, float[]> kept = copies.get(series);
                    kept.put((long) step, pull(table, keys));
                    if (kept.size() > 5) {
                        kept.pollFirstEntry();
                    }
                    frozen.freeze(series, step, kept.firstKey());
                }
            }
            float[] live = pull(table, keys);
            for (int series = 0; series < 2; series++) {
                for (var moment : copies.get(series).entrySet()) {
                    assertThat(read(frozen, series, moment.getKey(), keys, live))
                            .as("step %d, series %d, moment %d", step, series, moment.getKey())
                            .containsExactly(moment.getValue());
                }
            }
        }
        assertThat(table.evictions() > 0).isEqualTo(cacheBytes < ROOM);
    }

    @Test
    void aRowThatDidNotExistHadItsInitialWeights() {
        ParameterTable table = new ParameterTable(layout, new MemoryRowStore(), ROOM);
        FrozenWeights frozen = new FrozenWeights(layout, 1);
        table.saveTo(frozen);
        long[] key = {keys[3]};
        float[] initial = new float[3];
        layout.initialize(key[0], initial, 0);
        frozen.freeze(0, 1, 1);
        push(table, key, new float[] {1, 2, 3});

        assertThat(read(frozen, 0, 1, key, pull(table, key))).containsExactly(initial);
    }

    @Test
    void aMomentThatIsNotKeptIsAnsweredWithTheNextOne() {
        ParameterTable table = new ParameterTable(layout, new MemoryRowStore(), ROOM);
        FrozenWeights frozen = new FrozenWeights(layout, 1);
        table.saveTo(frozen);
        long[] key = {keys[2]};
        List<float[]> copies = new ArrayList<>();
        for (long moment : new long[] {10, 20, 30}) {
            push(table, key, new float[] {1, 1});
            copies.add(pull(table, key));
            frozen.freeze(0, moment, 20);
        }
        push(table, key, new float[] {1, 1});
        float[] live = pull(table, key);

        assertThat(read(frozen, 0, FrozenWeights.START, key, live)).containsExactly(copies.get(1));
        assertThat(read(frozen, 0, 10, key, live)).containsExactly(copies.get(1));
        assertThat(read(frozen, 0, 21, key, live)).containsExactly(copies.get(2));
        assertThat(read(frozen, 0, 31, key, live)).containsExactly(copies.get(2));
    }

    /** Another trainer may be later, and ask again for what was frozen for the first. */
    @Test
    void aMomentIsNotFrozenTwice() {
        ParameterTable table = new ParameterTable(layout, new MemoryRowStore(), ROOM);
        FrozenWeights frozen = new FrozenWeights(layout, 1);
        table.saveTo(frozen);
        long[] key = {keys[2]};
        float[] then = pull(table, key);
        frozen.freeze(0, 10, 10);
        push(table, key, new float[] {1, 1});
        frozen.freeze(0, 10, 10);
        frozen.freeze(0, 9, FrozenWeights.START);
        push(table, key, new float[] {1, 1});

        assertThat(read(frozen, 0, 10, key, pull(table, key))).containsExactly(then);
        assertThat(frozen.rows()).isEqualTo(1);
    }

    @Test
    void holdsTheRowsThatChangedSinceTheOldestMoment() {
        ParameterTable table = new ParameterTable(layout, new MemoryRowStore(), ROOM);
        FrozenWeights frozen = new FrozenWeights(layout, 1);
        table.saveTo(frozen);
        long[] two = {keys[2], keys[4]};
        push(table, two, new float[4]);
        push(table, two, new float[4]);
        assertThat(frozen.rows()).isEqualTo(2);
        frozen.freeze(0, 1, FrozenWeights.START);
        push(table, new long[] {keys[2]}, new float[2]);
        assertThat(frozen.rows()).isEqualTo(3);

        frozen.freeze(0, 1, 1);
        assertThat(frozen.rows()).isEqualTo(1);
        frozen.freeze(0, 2, 9);
        assertThat(frozen.rows()).as("the newest is kept").isZero();
        push(table, two, new float[4]);
        assertThat(frozen.rows()).isEqualTo(2);
    }

    /** Dense blocks and rows of one slot alike, though they do not fit one chunk evenly. */
    @Test
    void keepsAsManyRowsAsChange() {
        ParameterTable table = new ParameterTable(layout, new MemoryRowStore(), ROOM);
        FrozenWeights frozen = new FrozenWeights(layout, 1);
        table.saveTo(frozen);
        long[] many =
                LongStream.range(0, 30_000).map(i -> ParameterKey.ofValue(2, 100 + i)).toArray();
        float[] before = pull(table, many);
        float[] gradients = new float[before.length];
        Arrays.fill(gradients, 1);
        push(table, many, gradients);

        float[] then = read(frozen, 0, FrozenWeights.START, many, pull(table, many));
        assertThat(Arrays.equals(then, before)).isTrue();
    }

    private long[] drawn(Random random, int count) {
        Set<Long> drawn = new HashSet<>();
        while (drawn.size() < count) {
            drawn.add(keys[(int) (keys.length * Math.pow(random.nextDouble(), 2))]);
        }
        return drawn.stream().mapToLong(Long::longValue).toArray();
    }

    private int width(long[] of) {
        return Arrays.stream(of).mapToInt(layout::width).sum();
    }

    private float[] pull(ParameterTable table, long[] of) {
        float[] weights = new float[width(of)];
        var unused = table.pull(of, 0, of.length, weights, 0);
        return weights;
    }

    private static void push(ParameterTable table, long[] of, float[] gradients) {
        int[] examples = new int[of.length];
        Arrays.fill(examples, 1);
        table.push(of, 0, of.length, examples, gradients, 0, 0, null);
    }

    private float[] read(FrozenWeights frozen, int series, long moment, long[] of, float[] live) {
        float[] out = new float[live.length + 1];
        frozen.read(series, moment, of, live, out, 1);
        return Arrays.copyOfRange(out, 1, out.length);
    }
}
