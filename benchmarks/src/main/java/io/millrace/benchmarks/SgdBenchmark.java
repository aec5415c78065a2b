package io.millrace.benchmarks;

import io.millrace.model.parameter.Sgd;
import org.openjdk.jmh.annotations.Benchmark;

/** Stochastic gradient descent on one row. */
public class SgdBenchmark extends OptimizerBenchmark {

    private static final Sgd SGD = new Sgd(0.001);

    @Benchmark
    public float[] sgd() {
        return update(SGD);
    }
}
