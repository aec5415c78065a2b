package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import io.millrace.model.config.ConfigNode;
import java.util.Iterator;
import java.util.List;

/**
 * Deep and cross network, version 2: Wang et al., "DCN V2: Improved Deep &amp; Cross Network and
 * Practical Lessons for Web-scale Learning to Rank Systems", 2021, <a
 * href="https://arxiv.org/abs/2008.13535">arXiv 2008.13535</a>.
 *
 * <p>With x0 [B, d] all embeddings and numbers side by side, a cross layer is x_{l+1} = x0 * (W_l
 * x_l + b_l) + x_l (eq. 1), where * is elementwise and W_l is d x d, or of low rank U_l V_l^T (eq.
 * 2), or a mixture of low-rank {@link CrossExperts} (eq. 4 and 5). A linear layer makes the logit.
 *
 * @param crossLayers number of cross layers; with 0 the cross network is the identity
 * @param rank columns of U and V; 0 for full matrices
 * @param experts K, the experts of a layer; 1 for no mixture, more need a rank
 * @param gate how the experts of a mixture are weighed
 * @param hidden widths of the deep network's layers; may be empty
 * @param structure how the cross and the deep network are put together
 * @param dropout after each layer of the deep network
 */
public record DcnV2(
        int crossLayers,
        int rank,
        int experts,
        Gate gate,
        List<Integer> hidden,
        Structure structure,
        double dropout)
        implements CrossNetwork {

    static final String TYPE = "dcn-v2";

    /** Two full-rank cross layers below a deep network of 64 and 32. */
    static final DcnV2 DEFAULT = new DcnV2(2, 0, List.of(64, 32), Structure.STACKED);

    /** How the cross and the deep network are put together. */
    public enum Structure {
        /** The deep network is fed the output of the cross network. */
        STACKED,
        /** Both are fed x0; their outputs are put side by side. */
        PARALLEL
    }

    /** How the experts of a mixture are weighed. */
    public enum Gate {
        /** The weights of an example's experts sum to 1. */
        SOFTMAX,
        /** Each expert's weight is between 0 and 1, whatever the others have. */
        SIGMOID
    }

    public DcnV2 {
        crossLayers = OptionChecks.layers("the number of cross layers", crossLayers, 0);
        if (rank < 0) {
            throw new IllegalArgumentException(
                    "the rank is " + rank + "; it is at least 1, or 0 for full matrices");
        }
        experts = OptionChecks.positive("the number of experts", experts);
        if (experts > 1 && rank == 0) {
            throw new IllegalArgumentException(
                    "a mixture of "
                            + experts
                            + " experts needs matrices of low rank, but the rank is 0, which means"
                            + " full ones; give a rank of at least 1");
        }
        hidden = OptionChecks.widths("the deep network", hidden);
        dropout = OptionChecks.dropout(dropout);
    }

    /** Without a mixture of experts and without dropout. */
    public DcnV2(int crossLayers, int rank, List<Integer> hidden, Structure structure) {
        this(crossLayers, rank, 1, Gate.SOFTMAX, hidden, structure, 0);
    }

    static DcnV2 read(ConfigNode node) {
        return new DcnV2(
                node.integer("cross-layers", DEFAULT.crossLayers),
                node.integer("rank", DEFAULT.rank),
                node.integer("experts", DEFAULT.experts),
                node.choice("gate", Gate.class, DEFAULT.gate),
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
        if (experts > 1) {
            return new CrossExperts(experts, rank, gate).tensors(name, width);
        }
        if (rank == 0) {
            return Mlp.linearTensors(name, width, width);
        }
        return List.of(
                TensorSpec.matrix(name + ".v", width, rank),
                TensorSpec.matrix(name + ".u", rank, width),
                TensorSpec.bias(name + ".bias", width));
    }

    @Override
    public NDArray cross(NDArray x0, NDArray x, Iterator<NDArray> tensors) {
        if (experts > 1) {
            return x0.mul(new CrossExperts(experts, rank, gate).apply(x, tensors)).addi(x);
        }
        NDArray projected = rank == 0 ? x : x.matMul(tensors.next());
        // In place: the gradient of a product needs its factors, not the product.
        return x0.mul(Mlp.linear(projected, tensors)).addi(x);
    }
}
