package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import io.millrace.model.architecture.DcnV2.Structure;
import io.millrace.model.config.ConfigNode;
import java.util.Iterator;
import java.util.List;

/**
 * Gated deep cross network: Wang et al., "Towards Deeper, Lighter and Interpretable Cross Network
 * for CTR Prediction", 2023, <a href="https://arxiv.org/abs/2311.04635">arXiv 2311.04635</a>.
 *
 * <p>With x0 [B, d] all embeddings and numbers side by side, a gated cross layer is x_{l+1} = x0 *
 * (W_l x_l + b_l) * sigmoid(Wg_l x_l) + x_l, where * is elementwise and W_l and Wg_l are d x d: the
 * cross layer of {@link DcnV2}, of which the information gate lets pass what matters. A linear
 * layer makes the logit.
 *
 * @param crossLayers number of gated cross layers; with 0 the cross network is the identity
 * @param hidden widths of the deep network's layers; may be empty
 * @param structure stacked for the paper's GDCN-S, parallel for its GDCN-P
 * @param dropout after each layer of the deep network
 */
public record Gdcn(int crossLayers, List<Integer> hidden, Structure structure, double dropout)
        implements CrossNetwork {

    static final String TYPE = "gdcn";

    /** Three gated cross layers beside a deep network of 64 and 32; the paper's is 400 wide. */
    static final Gdcn DEFAULT = new Gdcn(3, List.of(64, 32), Structure.PARALLEL, 0);

    public Gdcn {
        crossLayers = OptionChecks.layers("the number of cross layers", crossLayers, 0);
        hidden = OptionChecks.widths("the deep network", hidden);
        dropout = OptionChecks.dropout(dropout);
    }

    static Gdcn read(ConfigNode node) {
        return new Gdcn(
                node.integer("cross-layers", DEFAULT.crossLayers),
                node.integers("hidden", DEFAULT.hidden),
                node.choice("structure", Structure.class, DEFAULT.structure),
                node.number("dropout", DEFAULT.dropout));
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public List<TensorSpec> crossTensors(String name, int width) {
        return List.of(
                TensorSpec.matrix(name + ".weight", width, width),
                TensorSpec.bias(name + ".bias", width),
                TensorSpec.matrix(name + ".gate", width, width));
    }

    @Override
    public NDArray cross(NDArray x0, NDArray x, Iterator<NDArray> tensors) {
        NDArray crossed = x0.mul(Mlp.linear(x, tensors));
        // In place: the gradient of a product needs its factors, not the product.
        return crossed.mul(gate(x, tensors.next())).addi(x);
    }

    /**
     * The information gate of a layer, sigmoid(Wg_l x_l), [B, d].
     *
     * @param x what enters the layer, [B, d]
     * @param weight Wg_l as the network holds it, the last of the layer's tensors
     */
    public static NDArray gate(NDArray x, NDArray weight) {
        return Activation.sigmoid(x.matMul(weight));
    }
}
