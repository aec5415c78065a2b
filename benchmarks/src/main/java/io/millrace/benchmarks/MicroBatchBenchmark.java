package io.millrace.benchmarks;

import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import io.millrace.model.learn.MicroBatch;
import io.millrace.model.learn.MicroBatchBuilder;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Building a micro-batch for four shards: distinct keys, grouped, and where each stands. Examples
 * have 26 categorical fields and 13 numbers; small values of a field are much the most frequent.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // set by setUp
public class MicroBatchBenchmark {

    private static final int SPARSE = 26;
    private static final int NUMERIC = 13;
    private static final int SHARDS = 4;
    private static final int VALUES = 100_000;

    @Param({"16", "1024"})
    int examples;

    private MicroBatchBuilder builder;
    private List<Example> batch;

    @Setup
    public void setUp() {
        ModelSpec spec = Models.clicks(SPARSE, NUMERIC);
        Random random = new Random(7);
        builder =
                new MicroBatchBuilder(
                        new ParameterLayout(spec),
                        SHARDS,
                        key -> Math.floorMod(Long.hashCode(key), SHARDS));
        batch = Stream.generate(() -> example(random)).limit(examples).toList();
    }

    @Benchmark
    public MicroBatch build() {
        return builder.build(batch);
    }

    private static Example example(Random random) {
        long[] keys = new long[SPARSE];
        int[] ends = new int[SPARSE];
        float[] numeric = new float[NUMERIC];
        for (int f = 0; f < SPARSE; f++) {
            long value = (long) Math.pow(VALUES, random.nextDouble());
            keys[f] = ParameterKey.ofValue(f + 1, value * 0x9E3779B97F4A7C15L);
            ends[f] = f + 1;
        }
        for (int n = 0; n < NUMERIC; n++) {
            numeric[n] = random.nextFloat();
        }
        return new Example(keys, ends, numeric, random.nextInt(2), 1, 1_700_000_000_000L);
    }
}
