package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The linear part of a model, w0 + sum of w_i x_i, as [B]: the linear weights of the fields that
 * have them, and a weight for each number.
 */
record LinearTerm(InputShape input) {

    List<TensorSpec> tensors() {
        List<TensorSpec> tensors = new ArrayList<>();
        tensors.add(TensorSpec.bias("linear.bias", 1));
        if (input.numeric() > 0) {
            tensors.add(TensorSpec.bias("linear.numeric", input.numeric()));
        }
        return tensors;
    }

    /** Takes its tensors from the iterator, in the order of {@link #tensors}. */
    NDArray apply(Inputs inputs, Iterator<NDArray> tensors) {
        NDArray bias = tensors.next();
        NDArray sum = inputs.weights().sum(new int[] {1}).add(bias);
        return input.numeric() == 0 ? sum : sum.add(inputs.numeric().matMul(tensors.next()));
    }
}
