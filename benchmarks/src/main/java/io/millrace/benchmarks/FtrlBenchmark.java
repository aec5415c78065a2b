package io.millrace.benchmarks;

import io.millrace.model.parameter.FtrlProximal;
import org.openjdk.jmh.annotations.Benchmark;

/** FTRL-Proximal on one row. */
public class FtrlBenchmark extends OptimizerBenchmark {

    private static final FtrlProximal FTRL = new FtrlProximal(0.1, 1, 0.001, 0.001);

    @Benchmark
    public float[] ftrl() {
        return update(FTRL);
    }
}
