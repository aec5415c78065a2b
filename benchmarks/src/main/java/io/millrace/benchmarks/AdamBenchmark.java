package io.millrace.benchmarks;

import io.millrace.model.parameter.Adam;
import io.millrace.model.parameter.AdamW;
import org.openjdk.jmh.annotations.Benchmark;

/** Adam on one row, without and with decoupled weight decay. */
public class AdamBenchmark extends OptimizerBenchmark {

    private static final Adam ADAM = new Adam(0.001, 0.9, 0.999, 1e-8);
    private static final AdamW ADAM_W = new AdamW(0.001, 0.9, 0.999, 1e-8, 0.01);

    @Benchmark
    public float[] adam() {
        return update(ADAM);
    }

    @Benchmark
    public float[] adamW() {
        return update(ADAM_W);
    }
}
