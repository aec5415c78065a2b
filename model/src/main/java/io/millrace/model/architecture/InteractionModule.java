package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import java.util.Iterator;
import java.util.List;

/**
 * One way in which the vectors of a layer of {@link Dhen} interact: from m vectors of dimension D,
 * [B, m, D], to l of the same dimension, [B, l, D].
 */
sealed interface InteractionModule
        permits ConvolutionModule, CrossModule, DotModule, LinearModule, SelfAttentionModule {

    List<TensorSpec> tensors();

    /** Takes its tensors from the iterator, in the order of {@link #tensors}. */
    NDArray apply(NDArray x, Iterator<NDArray> tensors, Inputs inputs);
}
