package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Linear;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Fully connected layers with ReLU and dropout after each: x -> max(0, x W + b), from [B, {@code
 * in}] to [B, last width].
 *
 * @param name prefix of its tensors' names
 * @param in width of the input
 * @param widths width of each layer; without any, the output is the input
 * @param dropout the share of each layer's outputs that is dropped while learning
 */
record Mlp(String name, int in, List<Integer> widths, double dropout) {

    Mlp {
        widths = List.copyOf(widths);
    }

    /** Width of the output. */
    int out() {
        return widths.isEmpty() ? in : widths.get(widths.size() - 1);
    }

    List<TensorSpec> tensors() {
        List<TensorSpec> tensors = new ArrayList<>();
        int width = in;
        for (int layer = 0; layer < widths.size(); layer++) {
            tensors.addAll(linearTensors(name + "." + layer, width, widths.get(layer)));
            width = widths.get(layer);
        }
        return tensors;
    }

    /** Takes its tensors from the iterator, in the order of {@link #tensors}. */
    NDArray apply(NDArray x, Iterator<NDArray> tensors, Inputs inputs) {
        NDArray result = x;
        for (int layer = 0; layer < widths.size(); layer++) {
            result = inputs.dropout(Activation.relu(linear(result, tensors)), dropout);
        }
        return result;
    }

    /** Tensors of x W + b. */
    static List<TensorSpec> linearTensors(String name, int in, int out) {
        return List.of(
                TensorSpec.matrix(name + ".weight", in, out), TensorSpec.bias(name + ".bias", out));
    }

    /** x W + b, taking W and b from the iterator. */
    static NDArray linear(NDArray x, Iterator<NDArray> tensors) {
        NDArray weight = tensors.next().transpose();
        return Linear.linear(x, weight, tensors.next()).singletonOrThrow();
    }

    /** x W + b with one column, as [B]. */
    static NDArray logit(NDArray x, Iterator<NDArray> tensors) {
        return linear(x, tensors).reshape(-1);
    }
}
