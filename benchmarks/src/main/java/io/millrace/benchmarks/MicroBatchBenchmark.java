package io.millrace.benchmarks;

import io.millrace.model.example.Example;
import io.millrace.model.learn.MicroBatch;
import io.millrace.model.learn.MicroBatchBuilder;
import io.millrace.model.parameter.ParameterLayout;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * Building a micro-batch for four shards: distinct keys, grouped, and where each stands. Examples
 * have 26 categorical fields and 13 numbers; small values of a field are much the most frequent.
 */
@SuppressWarnings("NullAway.Init") // set by setUp
public class MicroBatchBenchmark extends Measured {

    private static final int SHARDS = 4;

    @Param({"16", "1024"})
    int examples;

    private MicroBatchBuilder builder;
    private List<Example> batch;

    @Setup
    public void setUp() {
        Random random = new Random(7);
        builder =
                new MicroBatchBuilder(
                        new ParameterLayout(Models.clicks(Models.SPARSE, Models.NUMERIC)),
                        SHARDS,
                        key -> Math.floorMod(Long.hashCode(key), SHARDS));
        batch = Stream.generate(() -> Models.example(random)).limit(examples).toList();
    }

    @Benchmark
    @Measures("the batch's keys put into a fastutil set")
    public LongOpenHashSet distinctKeys() {
        LongOpenHashSet distinct = new LongOpenHashSet(examples * Models.SPARSE);
        for (Example example : batch) {
            for (long key : example.keys()) {
                distinct.add(key);
            }
        }
        return distinct;
    }

    @Benchmark
    @Measures(value = "a batch built", against = "distinctKeys")
    public MicroBatch build() {
        return builder.build(batch);
    }
}
