package io.millrace.benchmarks;

import io.millrace.model.parameter.RowBuffer;
import io.millrace.model.parameter.RowCodec;
import java.util.concurrent.TimeUnit;
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

/** A row to the bytes that state keeps, and back. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RowCodecBenchmark {

    /** An embedding of 16 with AdaGrad, and a dense block with Adam. */
    @Param({"32", "3073"})
    int floats;

    private final RowBuffer row = new RowBuffer();
    private byte[] bytes = new byte[0];

    @Setup
    public void setUp() {
        row.over(new float[floats], 0, floats);
        for (int i = 0; i < floats; i++) {
            row.values[i] = i * 0.01f;
        }
        row.examples = 12;
        row.lastEventTime = 1_700_000_000_000L;
        bytes = RowCodec.encode(row);
    }

    @Benchmark
    public byte[] encode() {
        return RowCodec.encode(row);
    }

    @Benchmark
    public RowBuffer decode() {
        RowCodec.decode(bytes, row);
        return row;
    }
}
