package io.millrace.benchmarks;

import io.millrace.model.parameter.MemoryRowStore;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.parameter.ParameterTable;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A parameter shard's work on one key of a micro-batch: pull, then push with AdaGrad.
 *
 * <p>{@value #ROWS} rows are asked for uniformly, the worst there is for a cache. The store is
 * plain memory, so a miss here costs what the cache itself does about it, not what a disk adds.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // set by setUp
public class ParameterTableBenchmark {

    static final int ROWS = 200_000;

    private static final int KEYS = 1024;
    private static final int BATCHES = 256;

    /** 64 MiB hold every row; 4 MiB hold about one in eight. */
    @Param({"64", "4"})
    int cacheMebibytes;

    private ParameterTable table;
    private long[] keys;
    private int[] examples;
    private float[] weights;
    private float[] gradients;
    private int batch;

    @Setup
    public void setUp() {
        Random random = new Random(7);
        table =
                new ParameterTable(
                        new ParameterLayout(Models.clicks(1, 0)),
                        new MemoryRowStore(),
                        (long) cacheMebibytes << 20);
        keys = random.ints((long) KEYS * BATCHES, 0, ROWS).mapToLong(this::key).toArray();
        examples = new int[keys.length];
        Arrays.fill(examples, 1);
        weights = new float[KEYS * Models.DIMENSION];
        gradients = new float[weights.length];
        for (int i = 0; i < gradients.length; i++) {
            gradients[i] = random.nextFloat() - 0.5f;
        }
        createAllRows();
    }

    @Benchmark
    @OperationsPerInvocation(KEYS)
    public float[] pullAndPush() {
        int from = batch * KEYS;
        batch = (batch + 1) % BATCHES;
        table.pull(keys, from, from + KEYS, weights, 0);
        pushBatch(from);
        return weights;
    }

    private void pushBatch(int from) {
        table.push(keys, from, from + KEYS, examples, gradients, 0, 0);
    }

    private void createAllRows() {
        long[] key = new long[1];
        for (int row = 0; row < ROWS; row++) {
            key[0] = key(row);
            table.push(key, 0, 1, examples, gradients, 0, 0);
        }
        table.flush();
    }

    private long key(int row) {
        return ParameterKey.ofValue(1, row * 0x9E3779B97F4A7C15L);
    }
}
