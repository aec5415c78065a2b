package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import io.millrace.model.architecture.FinalNet.Activation;
import io.millrace.model.architecture.FinalNet.Combine;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * A block of {@link FinalNet}: factorized interaction layers, from [B, in] to one logit an example.
 * With h1 = W1 x + b1 and h2 = s(W2 x + b2), where s is the activation, a layer is h1 + h1 * h2, or
 * h1 and h1 * h2 side by side; then come layer norm and dropout. A linear layer makes the logit.
 *
 * @param name prefix of its tensors' names
 * @param widths of the layers' outputs
 */
record FinalBlock(
        String name,
        List<Integer> widths,
        Combine combine,
        Activation activation,
        boolean layerNorm,
        double dropout) {

    List<TensorSpec> tensors(int in) {
        List<TensorSpec> tensors = new ArrayList<>();
        int width = in;
        for (int layer = 0; layer < widths.size(); layer++) {
            int out = widths.get(layer);
            tensors.addAll(Mlp.linearTensors(name + "." + layer, width, 2 * factor(out)));
            if (layerNorm) {
                tensors.addAll(norm(layer).tensors());
            }
            width = out;
        }
        tensors.addAll(Mlp.linearTensors(name + ".output", width, 1));
        return tensors;
    }

    /** Takes its tensors from the iterator, in the order of {@link #tensors}. */
    NDArray logit(NDArray x, Iterator<NDArray> tensors, Inputs inputs) {
        NDArray result = x;
        for (int layer = 0; layer < widths.size(); layer++) {
            NDArray interacted = interact(Mlp.linear(result, tensors), factor(widths.get(layer)));
            NDArray normalized = layerNorm ? norm(layer).apply(interacted, tensors) : interacted;
            result = inputs.dropout(normalized, dropout);
        }
        return Mlp.logit(result, tensors);
    }

    /** From h1 and W2 x + b2 side by side to the layer's output. */
    private NDArray interact(NDArray both, int width) {
        NDArray h1 = Inputs.columns(both, 0, width);
        NDArray h2 = Inputs.columns(both, width, 2L * width);
        if (activation == Activation.RELU) {
            h2 = ai.djl.nn.Activation.relu(h2);
        }
        NDArray product = h1.mul(h2);
        return combine == Combine.CONCAT ? h1.concat(product, 1) : product.addi(h1);
    }

    /** Width of h1 in a layer whose output has the given width. */
    private int factor(int out) {
        return combine == Combine.CONCAT ? out / 2 : out;
    }

    private LayerNorm norm(int layer) {
        return new LayerNorm(name + "." + layer + ".norm", widths.get(layer));
    }
}
