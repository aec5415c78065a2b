package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Activation;
import io.millrace.model.config.ConfigNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Automatic feature interaction learning: Song et al., "AutoInt: Automatic Feature Interaction
 * Learning via Self-Attentive Neural Networks", 2019, <a
 * href="https://arxiv.org/abs/1810.11921">arXiv 1810.11921</a>.
 *
 * <p>All features are vectors of one dimension, [B, F + N, D] (eq. 2 to 4). In an interacting layer
 * each vector looks at all others with several {@linkplain SelfAttention heads} (eq. 5 to 7), and
 * becomes max(0, what it has seen + W_res e) (eq. 8), [B, F + N, heads x attention dimension]. The
 * logit is linear in all vectors of the last layer side by side (eq. 9).
 *
 * <p>AutoInt+ has a deep network beside the interacting layers, fed all vectors of the features
 * side by side; the sum of both logits is the logit.
 *
 * @param layers number of interacting layers
 * @param heads number of heads of a layer
 * @param attentionDimension length of a vector in one head, d' of the paper
 * @param residual whether a layer adds W_res e; W_res is learned even where lengths agree
 * @param layerNorm whether each layer's outcome is {@linkplain LayerNorm normalized} after the ReLU
 * @param scale whether the products of query and key are divided by sqrt(attention dimension); the
 *     paper does not
 * @param hidden widths of the deep network's layers; empty for AutoInt, else AutoInt+
 * @param dropout of the attention weights, and after each layer of the deep network
 */
public record AutoInt(
        int layers,
        int heads,
        int attentionDimension,
        boolean residual,
        boolean layerNorm,
        boolean scale,
        List<Integer> hidden,
        double dropout)
        implements Architecture {

    static final String TYPE = "autoint";

    /** Three layers of two heads of 32, as in the paper. */
    static final AutoInt DEFAULT = new AutoInt(3, 2, 32, true, false, false, List.of(), 0);

    public AutoInt {
        layers = OptionChecks.layers("the number of interacting layers", layers, 1);
        heads = OptionChecks.positive("the number of heads", heads);
        attentionDimension = OptionChecks.positive("the attention dimension", attentionDimension);
        hidden = OptionChecks.widths("the deep network", hidden);
        dropout = OptionChecks.dropout(dropout);
        if (layerNorm && heads == 1 && attentionDimension == 1) {
            throw new IllegalArgumentException(
                    "layer norm makes every vector of length 1 the same; have more heads or a"
                            + " larger attention dimension, or no layer norm");
        }
    }

    static AutoInt read(ConfigNode node) {
        return new AutoInt(
                node.integer("layers", DEFAULT.layers),
                node.integer("heads", DEFAULT.heads),
                node.integer("attention-dimension", DEFAULT.attentionDimension),
                node.bool("residual", DEFAULT.residual),
                node.bool("layer-norm", DEFAULT.layerNorm),
                node.bool("scale", DEFAULT.scale),
                node.integers("hidden", DEFAULT.hidden),
                node.number("dropout", DEFAULT.dropout));
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public List<TensorSpec> tensors(InputShape input) {
        FeatureVectors vectors = FeatureVectors.of(input, TYPE);
        List<TensorSpec> tensors = new ArrayList<>(vectors.tensors());
        for (int layer = 0; layer < layers; layer++) {
            tensors.addAll(attention(layer, vectors).tensors());
            if (layerNorm) {
                tensors.addAll(norm(layer).tensors());
            }
        }
        tensors.addAll(deep(vectors).tensors());
        tensors.addAll(Mlp.linearTensors("output", outputWidth(vectors), 1));
        return tensors;
    }

    @Override
    public NDArray logits(Inputs inputs, NDList tensors) {
        FeatureVectors vectors = FeatureVectors.of(inputs.shape(), TYPE);
        Iterator<NDArray> next = tensors.iterator();
        NDArray embedded = vectors.apply(inputs, next);
        NDArray interacted = sideBySide(interact(embedded, next, inputs, new NDList(layers)));
        if (hidden.isEmpty()) {
            return Mlp.logit(interacted, next);
        }
        NDArray deep = deep(vectors).apply(sideBySide(embedded), next, inputs);
        // One linear layer over both is the sum of their logits.
        return Mlp.logit(interacted.concat(deep, 1), next);
    }

    /**
     * Who looks at whom: the attention weights of all layers.
     *
     * @param inputs in the shape that {@code tensors} was asked for
     * @param tensors as declared by {@link #tensors}
     * @return [layers, B, heads, F + N, F + N]: in row m how much vector m looks at each vector,
     *     the sparse features in their order and then the numbers in theirs; each row sums to 1
     */
    public NDArray attention(Inputs inputs, NDList tensors) {
        FeatureVectors vectors = FeatureVectors.of(inputs.shape(), TYPE);
        Iterator<NDArray> next = tensors.iterator();
        NDList weights = new NDList(layers);
        interact(vectors.apply(inputs, next), next, inputs, weights);
        return NDArrays.stack(weights);
    }

    /** All interacting layers; each adds its attention weights to {@code weights}. */
    private NDArray interact(
            NDArray embedded, Iterator<NDArray> tensors, Inputs inputs, NDList weights) {
        FeatureVectors vectors = FeatureVectors.of(inputs.shape(), TYPE);
        NDArray x = embedded;
        for (int layer = 0; layer < layers; layer++) {
            SelfAttention.Attended attended = attention(layer, vectors).apply(x, tensors, inputs);
            weights.add(attended.weights());
            x = Activation.relu(attended.vectors());
            if (layerNorm) {
                x = norm(layer).apply(x, tensors);
            }
        }
        return x;
    }

    private static NDArray sideBySide(NDArray vectors) {
        return vectors.reshape(vectors.getShape().get(0), -1);
    }

    private SelfAttention attention(int layer, FeatureVectors vectors) {
        int in = layer == 0 ? vectors.dimension() : heads * attentionDimension;
        return new SelfAttention(
                "attention." + layer, in, heads, attentionDimension, residual, scale, dropout);
    }

    private LayerNorm norm(int layer) {
        return new LayerNorm("attention." + layer + ".norm", heads * attentionDimension);
    }

    private Mlp deep(FeatureVectors vectors) {
        return new Mlp("deep", vectors.count() * vectors.dimension(), hidden, dropout);
    }

    private int outputWidth(FeatureVectors vectors) {
        int interacted = vectors.count() * heads * attentionDimension;
        return hidden.isEmpty() ? interacted : interacted + deep(vectors).out();
    }
}
