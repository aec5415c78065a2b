package io.millrace.model.parameter;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.Architecture;
import io.millrace.model.architecture.InputShape;
import io.millrace.model.architecture.Inputs;
import io.millrace.model.architecture.TensorSpec;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.loss.Objective;
import java.util.ArrayList;
import java.util.List;

/** Layouts for tests, of models that are never run. */
final class Layouts {

    private Layouts() {}

    /** One sparse feature for each dimension, and a network of these tensors. */
    static ParameterLayout of(
            List<TensorSpec> tensors,
            RowOptimizer embeddingOptimizer,
            RowOptimizer denseOptimizer,
            long seed,
            int... dimensions) {
        List<FeatureSpec> features = new ArrayList<>();
        for (int i = 0; i < dimensions.length; i++) {
            features.add(new FeatureSpec.Categorical("f" + i, "f" + i, dimensions[i]));
        }
        return of(tensors, embeddingOptimizer, denseOptimizer, seed, features);
    }

    /** These features, and a network of these tensors. */
    static ParameterLayout of(
            List<TensorSpec> tensors,
            RowOptimizer embeddingOptimizer,
            RowOptimizer denseOptimizer,
            long seed,
            List<FeatureSpec> features) {
        return new ParameterLayout(
                new ModelSpec(
                        "test",
                        new Objective.Click(),
                        features,
                        new Tensors(tensors),
                        embeddingOptimizer,
                        denseOptimizer,
                        seed));
    }

    private record Tensors(List<TensorSpec> all) implements Architecture {

        @Override
        public String type() {
            return "tensors";
        }

        @Override
        public List<TensorSpec> tensors(InputShape input) {
            return all;
        }

        @Override
        public NDArray logits(Inputs inputs, NDList tensors) {
            throw new UnsupportedOperationException("These tensors are no network.");
        }
    }
}
