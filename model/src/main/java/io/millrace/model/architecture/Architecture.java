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
     * The dense tensors for this input, in the order in which {@link #logits} takes them.
     *
     * @throws IllegalArgumentException when the input does not fit, saying what would
     */
    List<TensorSpec> tensors(InputShape input);

    /**
     * The forward pass.
     *
     * @param embeddings [B, embedding width], the features' embeddings side by side
     * @param numeric [B, N]; N may be 0
     * @param tensors as declared by {@link #tensors}
     * @param input the shape it was built for
     * @return logits [B]
     */
    NDArray logits(NDArray embeddings, NDArray numeric, NDList tensors, InputShape input);
}
