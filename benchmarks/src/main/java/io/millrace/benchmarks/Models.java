package io.millrace.benchmarks;

import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.DcnV2;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.AdaGrad;
import io.millrace.model.parameter.Adam;
import io.millrace.model.parameter.ParameterKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** The models that the benchmarks are about: the shape of a click log, in any number of fields. */
final class Models {

    static final String NAME = "benchmark";

    /** Categorical fields, and numbers, of the logs that recommenders are compared on. */
    static final int SPARSE = 26;

    static final int NUMERIC = 13;

    /** D, the dimension of every embedding. */
    static final int DIMENSION = 16;

    private static final int VALUES = 100_000;

    private Models() {}

    /** An example of all fields; small values of a field are much the most frequent. */
    static Example example(Random random) {
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

    /** A model of {@code sparse} categorical fields and {@code numeric} numbers. */
    static ModelSpec clicks(int sparse, int numeric) {
        List<FeatureSpec> features = new ArrayList<>();
        IntStream.range(0, sparse)
                .mapToObj(i -> new FeatureSpec.Categorical("c" + i, "c" + i, DIMENSION))
                .forEach(features::add);
        IntStream.range(0, numeric)
                .mapToObj(i -> new FeatureSpec.Numeric("n" + i, "n" + i, true, -10, 10, 0, 1))
                .forEach(features::add);
        return new ModelSpec(
                NAME,
                new Objective.Click(),
                features,
                new DcnV2(2, 0, List.of(64, 32), DcnV2.Structure.PARALLEL),
                new AdaGrad(0.05, 0, 1e-10),
                new Adam(0.001, 0.9, 0.999, 1e-8),
                42);
    }
}
