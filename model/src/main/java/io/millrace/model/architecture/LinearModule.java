package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import java.util.Iterator;
import java.util.List;

/**
 * The linear module of {@link Dhen}, u = W X (eq. 6): each of l vectors is a weighted sum of the m
 * given, [B, m, D] to [B, l, D]. The others end with it, to have l vectors too.
 *
 * @param name prefix of its tensor's name
 * @param in m
 * @param out l
 */
record LinearModule(String name, int in, int out) implements InteractionModule {

    @Override
    public List<TensorSpec> tensors() {
        return List.of(TensorSpec.matrix(name + ".vectors", in, out));
    }

    @Override
    public NDArray apply(NDArray x, Iterator<NDArray> tensors, Inputs inputs) {
        return apply(x, tensors);
    }

    /** Takes its tensor from the iterator. */
    NDArray apply(NDArray x, Iterator<NDArray> tensors) {
        return x.transpose(0, 2, 1).matMul(tensors.next()).transpose(0, 2, 1);
    }
}
