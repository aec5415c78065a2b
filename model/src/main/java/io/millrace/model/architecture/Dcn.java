package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import io.millrace.model.architecture.DcnV2.Structure;
import io.millrace.model.config.ConfigNode;
import java.util.Iterator;
import java.util.List;

/**
 * Deep and cross network: Wang et al., "Deep &amp; Cross Network for Ad Click Predictions", 2017,
 * <a href="https://arxiv.org/abs/1708.05123">arXiv 1708.05123</a>.
 *
 * <p>With x0 [B, d] all embeddings and numbers side by side, a cross layer is x_{l+1} = x0 (x_l^T
 * w_l) + b_l + x_l (eq. 3), where w_l and b_l are vectors of length d: it weighs x0 by one number
 * an example. The last x_l and the output of the deep network (eq. 4), side by side, are fed to the
 * linear layer that makes the logit (eq. 5).
 *
 * @param crossLayers number of cross layers; with 0 the cross network is the identity
 * @param hidden widths of the deep network's layers; may be empty
 * @param structure how the cross and the deep network are put together; parallel in the paper
 * @param dropout after each layer of the deep network; none in the paper
 */
public record Dcn(int crossLayers, List<Integer> hidden, Structure structure, double dropout)
        implements CrossNetwork {

    static final String TYPE = "dcn";

    /** Two cross layers beside a deep network of 64 and 32; the paper's is two of 1024. */
    static final Dcn DEFAULT = new Dcn(2, List.of(64, 32), Structure.PARALLEL, 0);

    public Dcn {
        crossLayers = OptionChecks.layers("the number of cross layers", crossLayers, 0);
        hidden = OptionChecks.widths("the deep network", hidden);
        dropout = OptionChecks.dropout(dropout);
    }

    static Dcn read(ConfigNode node) {
        return new Dcn(
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
                TensorSpec.matrix(name + ".weight", width, 1),
                TensorSpec.bias(name + ".bias", width));
    }

    @Override
    public NDArray cross(NDArray x0, NDArray x, Iterator<NDArray> tensors) {
        NDArray weight = x.matMul(tensors.next());
        return x0.mul(weight).addi(tensors.next()).addi(x);
    }
}
