package io.millrace.benchmarks;

import io.millrace.model.parameter.AdaGrad;
import io.millrace.model.parameter.Adam;
import io.millrace.model.parameter.AdamW;
import io.millrace.model.parameter.FtrlProximal;
import io.millrace.model.parameter.RowOptimizer;
import io.millrace.model.parameter.RowWiseAdaGrad;
import io.millrace.model.parameter.Sgd;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** One row that is updated over and over, by each optimizer. */
public class OptimizerBenchmark extends Measured {

    private static final Sgd SGD = new Sgd(0.001);
    private static final AdaGrad ADA_GRAD = new AdaGrad(0.01, 0, 1e-10);
    private static final RowWiseAdaGrad ROW_WISE = new RowWiseAdaGrad(0.01, 0, 1e-8);
    private static final Adam ADAM = new Adam(0.001, 0.9, 0.999, 1e-8);
    private static final AdamW ADAM_W = new AdamW(0.001, 0.9, 0.999, 1e-8, 0.01);
    private static final FtrlProximal FTRL = new FtrlProximal(0.1, 1, 0.001, 0.001);

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

    @Benchmark
    @Measures("a step of SGD in a plain loop")
    public float[] plainLoop() {
        for (int i = 0; i < width; i++) {
            row[i] -= 0.001f * gradient[i];
        }
        return row;
    }

    @Benchmark
    @Measures(value = "an update of a row", against = "plainLoop")
    public float[] sgd() {
        return update(SGD);
    }

    @Benchmark
    @Measures(value = "an update of a row", against = "plainLoop")
    public float[] adaGrad() {
        return update(ADA_GRAD);
    }

    @Benchmark
    @Measures(value = "an update of a row", against = "plainLoop")
    public float[] rowWiseAdaGrad() {
        return update(ROW_WISE);
    }

    @Benchmark
    @Measures(value = "an update of a row", against = "plainLoop")
    public float[] adam() {
        return update(ADAM);
    }

    @Benchmark
    @Measures(value = "an update of a row", against = "plainLoop")
    public float[] adamW() {
        return update(ADAM_W);
    }

    @Benchmark
    @Measures(value = "an update of a row", against = "plainLoop")
    public float[] ftrl() {
        return update(FTRL);
    }

    private float[] update(RowOptimizer optimizer) {
        optimizer.update(row, 0, width, gradient, 0);
        return row;
    }
}
