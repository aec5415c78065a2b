package io.millrace.model.explain;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.architecture.Architecture;
import io.millrace.model.architecture.Dlrm;
import io.millrace.model.architecture.InputShape;
import io.millrace.model.architecture.Inputs;
import io.millrace.model.architecture.TensorSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Absolute dot products of the vectors that a network multiplies, which are the fields' embeddings
 * and what it makes of numbers.
 */
record Interactions(Architecture architecture, InputShape input) {

    private static final String ALL_NUMBERS = "all numbers";

    /** Learned vectors of the numbers, by which they are multiplied. */
    private static final String NUMBER_VECTORS = "numeric.vectors";

    /** The names of the V vectors, in their order. */
    List<String> names() {
        List<String> names = new ArrayList<>();
        input.fields().forEach(field -> names.add(field.name()));
        if (architecture instanceof Dlrm) {
            if (input.numeric() > 0) {
                names.add(
                        input.numbers().size() == 1 ? input.numbers().get(0).name() : ALL_NUMBERS);
            }
        } else if (hasNumberVectors()) {
            input.numbers().forEach(number -> names.add(number.name()));
        }
        return names;
    }

    /** Summed over the batch, [V, V]. */
    NDArray sums(Inputs inputs, NDList tensors) {
        NDArray vectors = vectors(inputs, tensors);
        return vectors.matMul(vectors.transpose(0, 2, 1)).abs().sum(new int[] {0});
    }

    /** [B, V, D]. */
    private NDArray vectors(Inputs inputs, NDList tensors) {
        if (architecture instanceof Dlrm dlrm) {
            return input.numeric() == 0
                    ? inputs.vectors()
                    : inputs.vectors().concat(dlrm.numbers(inputs, tensors).expandDims(1), 1);
        }
        if (!hasNumberVectors()) {
            return inputs.vectors();
        }
        NDArray numbers = inputs.numeric().expandDims(2).mul(numberVectors(tensors));
        return inputs.vectors().concat(byFeature(numbers), 1);
    }

    /** A dense feature of several numbers has the sum of their vectors, [B, dense features, D]. */
    private NDArray byFeature(NDArray numbers) {
        float[] membership = new float[input.numbers().size() * input.numeric()];
        int at = 0;
        for (int feature = 0; feature < input.numbers().size(); feature++) {
            for (int i = 0; i < input.numbers().get(feature).width(); i++) {
                membership[feature * input.numeric() + at++] = 1;
            }
        }
        NDManager manager = numbers.getManager();
        Shape shape = new Shape(input.numbers().size(), input.numeric());
        return manager.create(membership, shape).matMul(numbers);
    }

    private NDArray numberVectors(NDList tensors) {
        return tensors.get(tensorNames().indexOf(NUMBER_VECTORS));
    }

    private boolean hasNumberVectors() {
        return tensorNames().contains(NUMBER_VECTORS);
    }

    private List<String> tensorNames() {
        return architecture.tensors(input).stream().map(TensorSpec::name).toList();
    }

    /** Whether the network multiplies a vector with itself. */
    boolean hasSelf() {
        return architecture instanceof Dlrm dlrm && dlrm.selfInteraction();
    }
}
