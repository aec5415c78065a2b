package io.millrace.benchmarks;

import io.millrace.model.parameter.AdaGrad;
import io.millrace.model.parameter.MemoryRowStore;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.parameter.ParameterTable;
import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;

/**
 * A parameter shard's work on one key of a micro-batch, when its row is cached and when it is not.
 *
 * <p>{@value #ROWS} rows with AdaGrad take turns in an order drawn at random, so none is in the
 * processor's caches. The store is plain memory: a miss here costs what the cache does about it,
 * not what a disk adds.
 */
@SuppressWarnings("NullAway.Init") // set by setUp
public class ParameterTableBenchmark extends Measured {

    static final int ROWS = 1 << 18;

    private static final int KEYS = 1024;
    private static final int BATCHES = ROWS / KEYS;
    private static final int WIDTH = Models.DIMENSION;
    private static final AdaGrad OPTIMIZER = new AdaGrad(0.05, 0, 1e-10);

    /** Holds every row. */
    private ParameterTable large;

    /** Holds one row in ten, and so never the one that is asked for. */
    private ParameterTable small;

    private Long2ObjectOpenHashMap<float[]> map;
    private long[] keys;
    private int[] examples;
    private float[] weights;
    private float[] gradients;
    private int[][] places;
    private int batch;

    @Setup
    public void setUp() {
        Random random = new Random(7);
        ParameterLayout layout = new ParameterLayout(Models.clicks(1, 0));
        large = new ParameterTable(layout, new MemoryRowStore(), 128L << 20);
        small = new ParameterTable(layout, new MemoryRowStore(), 5L << 20);
        map = new Long2ObjectOpenHashMap<>(ROWS);
        List<Integer> order = IntStream.range(0, ROWS).boxed().collect(Collectors.toList());
        Collections.shuffle(order, random);
        keys = order.stream().mapToLong(ParameterTableBenchmark::key).toArray();
        examples = new int[ROWS];
        Arrays.fill(examples, 1);
        weights = new float[KEYS * WIDTH];
        gradients = new float[weights.length];
        for (int i = 0; i < gradients.length; i++) {
            gradients[i] = random.nextFloat() - 0.5f;
        }
        // Memory in another order than that of the calls.
        for (int row = 0; row < ROWS; row++) {
            long[] key = {key(row)};
            large.push(key, 0, 1, examples, gradients, 0, 0, null);
            small.push(key, 0, 1, examples, gradients, 0, 0, null);
            map.put(key[0], new float[2 * WIDTH]);
        }
        places = new int[BATCHES][];
        for (int i = 0; i < BATCHES; i++) {
            places[i] = large.pull(keys, i * KEYS, (i + 1) * KEYS, weights, 0);
        }
    }

    @Benchmark
    @OperationsPerInvocation(KEYS)
    @Measures("a row looked up in a fastutil map from key to array, and copied")
    public float[] copyFromMap() {
        int from = nextBatch();
        for (int i = 0; i < KEYS; i++) {
            System.arraycopy(map.get(keys[from + i]), 0, weights, i * WIDTH, WIDTH);
        }
        return weights;
    }

    @Benchmark
    @OperationsPerInvocation(KEYS)
    @Measures(value = "a key pulled that is cached", against = "copyFromMap")
    public float[] pullHit() {
        int from = nextBatch();
        large.pull(keys, from, from + KEYS, weights, 0);
        return weights;
    }

    @Benchmark
    @OperationsPerInvocation(KEYS)
    @Measures(
            value = "a key pulled that is not cached; a clean row is evicted",
            against = "copyFromMap")
    public float[] pullMiss() {
        int from = nextBatch();
        small.pull(keys, from, from + KEYS, weights, 0);
        return weights;
    }

    @Benchmark
    @OperationsPerInvocation(KEYS)
    @Measures("a row looked up in a fastutil map, and updated by AdaGrad")
    public Object updateInMap() {
        int from = nextBatch();
        for (int i = 0; i < KEYS; i++) {
            OPTIMIZER.update(map.get(keys[from + i]), 0, WIDTH, gradients, i * WIDTH);
        }
        return map;
    }

    @Benchmark
    @OperationsPerInvocation(KEYS)
    @Measures(value = "a key pushed, its place known from the pull", against = "updateInMap")
    public Object pushWithHints() {
        int[] known = places[batch];
        int from = nextBatch();
        large.push(keys, from, from + KEYS, examples, gradients, 0, 0, known);
        return large;
    }

    @Benchmark
    @OperationsPerInvocation(KEYS)
    @Measures(value = "a key pushed that is cached", against = "updateInMap")
    public Object pushWithoutHints() {
        int from = nextBatch();
        large.push(keys, from, from + KEYS, examples, gradients, 0, 0, null);
        return large;
    }

    @Benchmark
    @OperationsPerInvocation(KEYS)
    @Measures(
            value = "a key pushed that is not cached; a changed row is evicted",
            against = "updateInMap")
    public Object pushMiss() {
        int from = nextBatch();
        small.push(keys, from, from + KEYS, examples, gradients, 0, 0, null);
        return small;
    }

    private int nextBatch() {
        int from = batch * KEYS;
        batch = (batch + 1) % BATCHES;
        return from;
    }

    private static long key(int row) {
        return ParameterKey.ofValue(1, row * 0x9E3779B97F4A7C15L);
    }
}
