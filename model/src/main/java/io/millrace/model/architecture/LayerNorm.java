package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.Iterator;
import java.util.List;

/**
 * Layer normalization: Ba et al., "Layer Normalization", 2016, <a
 * href="https://arxiv.org/abs/1607.06450">arXiv 1607.06450</a>. The last axis gets mean 0 and
 * variance 1, then a learned gain and bias.
 *
 * @param name prefix of its tensors' names
 * @param width length of the last axis
 */
record LayerNorm(String name, int width) {

    private static final float EPSILON = 1e-5f;

    List<TensorSpec> tensors() {
        return List.of(
                TensorSpec.ones(name + ".gain", width), TensorSpec.bias(name + ".bias", width));
    }

    /** Takes its tensors from the iterator, in the order of {@link #tensors}. */
    NDArray apply(NDArray x, Iterator<NDArray> tensors) {
        NDArray gain = tensors.next();
        return ai.djl.nn.norm.LayerNorm.layerNorm(
                        x, new Shape(width), gain, tensors.next(), EPSILON)
                .singletonOrThrow();
    }
}
