package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import java.io.Serializable;
import java.util.List;

/**
 * A network from embeddings and numbers to one logit an example. Implementations are records of
 * their options, free of state: the tensors come from outside.
 */
public interface Architecture extends Serializable {

    /** The name used in the pipeline file. */
    String type();

    /**
     * What the values of a sparse feature learn: the declared embedding, unless the architecture
     * needs none, and a linear weight if it asks for that. It may depend on the feature's name.
     */
    default InputShape.Field field(InputShape.Field declared) {
        return declared;
    }

    /**
     * The dense tensors for this input, in the order in which {@link #logits} takes them.
     *
     * @throws IllegalArgumentException when the input does not fit, saying what would
     */
    List<TensorSpec> tensors(InputShape input);

    /**
     * The forward pass.
     *
     * @param inputs in the shape that {@code tensors} was asked for
     * @param tensors as declared by {@link #tensors}
     * @return logits [B]
     */
    NDArray logits(Inputs inputs, NDList tensors);
}
