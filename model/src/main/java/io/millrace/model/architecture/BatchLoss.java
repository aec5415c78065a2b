package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;

/**
 * A loss of a whole micro-batch, in place of a sum of losses of its logits: what an {@link
 * Architecture} learns by when the other examples of the batch are its negatives.
 */
public interface BatchLoss {

    /** The categorical feature whose value says which item an example is about. */
    String item();

    /** The forward pass to logits, and from there to the loss, to be differentiated by autograd. */
    Pass forward(Inputs inputs, NDList tensors, BatchItems items);

    /**
     * A forward pass.
     *
     * @param logits [B], as {@link Architecture#logits} would make them
     * @param loss a single number, summed over the batch
     */
    record Pass(NDArray logits, NDArray loss) {}
}
