package io.millrace.benchmarks;

import io.millrace.model.parameter.AdaGrad;
import io.millrace.model.parameter.RowWiseAdaGrad;
import org.openjdk.jmh.annotations.Benchmark;

/** AdaGrad on one row, with a sum for each weight and with one for the row. */
public class AdaGradBenchmark extends OptimizerBenchmark {

    private static final AdaGrad ADAGRAD = new AdaGrad(0.01, 0, 1e-10);
    private static final RowWiseAdaGrad ROW_WISE = new RowWiseAdaGrad(0.01, 0, 1e-8);

    @Benchmark
    public float[] adaGrad() {
        return update(ADAGRAD);
    }

    @Benchmark
    public float[] rowWiseAdaGrad() {
        return update(ROW_WISE);
    }
}
