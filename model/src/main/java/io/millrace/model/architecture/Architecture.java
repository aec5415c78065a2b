package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.loss.Objective;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

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
     * Checks what {@link #tensors} cannot see.
     *
     * @throws IllegalArgumentException when the network makes no sense for this objective or these
     *     features, saying what would
     */
    default void requireFit(Objective objective, List<FeatureSpec> features) {}

    /**
     * Whether the network begins with x0, all embeddings and numbers side by side, so that it is
     * best fed them as one tensor. {@link Inputs} gives every architecture both, whatever this
     * says.
     */
    default boolean takesSideBySide() {
        return false;
    }

    /** The loss that takes the place of the objective's loss of each logit, if there is one. */
    default Optional<BatchLoss> batchLoss() {
        return Optional.empty();
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
