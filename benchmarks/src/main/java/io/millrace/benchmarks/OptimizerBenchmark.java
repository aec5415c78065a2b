package io.millrace.benchmarks;

import io.millrace.model.parameter.RowOptimizer;
import java.util.Random;
import java.util.concurrent.TimeUnit;
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

/** One row that is updated over and over: what the benchmarks of all optimizers share. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public abstract class OptimizerBenchmark {

    /** An embedding, and a dense block. */
    @Param({"16", "1024"})
    int width;

    private float[] row = new float[0];
    private float[] gradient = new float[0];

    @Setup
    public void setUp() {
        Random random = new Random(7);
        // Room for two moments and a count, the most that any optimizer keeps.
        row = new float[3 * width + 1];
        gradient = new float[width];
        for (int i = 0; i < width; i++) {
            row[i] = 0.1f * (random.nextFloat() - 0.5f);
            gradient[i] = 0.01f * (random.nextFloat() - 0.5f);
        }
    }

    final float[] update(RowOptimizer optimizer) {
        optimizer.update(row, 0, width, gradient, 0);
        return row;
    }
}
