package io.millrace.benchmarks;

import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.DcnV2;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.AdaGrad;
import io.millrace.model.parameter.Adam;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The models that the benchmarks are about: the shape of a click log, in any number of fields. */
final class Models {

    /** D, the dimension of every embedding. */
    static final int DIMENSION = 16;

    private Models() {}

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
                "benchmark",
                new Objective.Click(),
                features,
                new DcnV2(2, 0, List.of(64, 32), DcnV2.Structure.PARALLEL),
                new AdaGrad(0.05, 0, 1e-10),
                new Adam(0.001, 0.9, 0.999, 1e-8),
                42);
    }
}
