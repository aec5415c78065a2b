package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.millrace.model.config.ConfigNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Deep and cross network, version 2: Wang et al., "DCN V2: Improved Deep &amp; Cross Network and
 * Practical Lessons for Web-scale Learning to Rank Systems", 2021, <a
 * href="https://arxiv.org/abs/2008.13535">arXiv 2008.13535</a>.
 *
 * <p>With x0 [B, d] all embeddings and numbers side by side, a cross layer is x_{l+1} = x0 * (W_l
 * x_l + b_l) + x_l (eq. 1), where * is elementwise and W_l is d x d, or of low rank U_l V_l^T (eq.
 * 2). A linear layer makes the logit.
 *
 * @param crossLayers number of cross layers; with 0 the cross network is the identity
 * @param rank columns of U and V; 0 for full matrices
 * @param hidden widths of the deep network's layers; may be empty
 * @param structure how the cross and the deep network are put together
 * @param dropout after each layer of the deep network
 */
public record DcnV2(
        int crossLayers, int rank, List<Integer> hidden, Structure structure, double dropout)
        implements Architecture {

    static final String TYPE = "dcn-v2";

    /** Two full-rank cross layers below a deep network of 64 and 32. */
    static final DcnV2 DEFAULT = new DcnV2(2, 0, List.of(64, 32), Structure.STACKED, 0);

    /** How the cross and the deep network are put together. */
    public enum Structure {
        /** The deep network is fed the output of the cross network. */
        STACKED,
        /** Both are fed x0; their outputs are put side by side. */
        PARALLEL
    }

    public DcnV2 {
        crossLayers = OptionChecks.layers("the number of cross layers", crossLayers, 0);
        if (rank < 0) {
            throw new IllegalArgumentException(
                    "the rank is " + rank + "; it is at least 1, or 0 for full matrices");
        }
        hidden = OptionChecks.widths("the deep network", hidden);
        dropout = OptionChecks.dropout(dropout);
    }

    /** Without dropout. */
    public DcnV2(int crossLayers, int rank, List<Integer> hidden, Structure structure) {
        this(crossLayers, rank, hidden, structure, 0);
    }

    static DcnV2 read(ConfigNode node) {
        return new DcnV2(
                node.integer("cross-layers", DEFAULT.crossLayers),
                node.integer("rank", DEFAULT.rank),
                node.integers("hidden", DEFAULT.hidden),
                node.choice("structure", Structure.class, DEFAULT.structure),
                node.number("dropout", DEFAULT.dropout));
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public List<TensorSpec> tensors(InputShape input) {
        int width = input.width();
        if (width == 0) {
            throw new IllegalArgumentException(TYPE + " has no input: declare a feature");
        }
        List<TensorSpec> tensors = new ArrayList<>();
        for (int layer = 0; layer < crossLayers; layer++) {
            tensors.addAll(crossTensors("cross." + layer, width));
        }
        tensors.addAll(deep(width).tensors());
        tensors.addAll(Mlp.linearTensors("output", outputWidth(width), 1));
        return tensors;
    }

    @Override
    public NDArray logits(Inputs inputs, NDList tensors) {
        NDArray x0 = inputs.sideBySide();
        Iterator<NDArray> next = tensors.iterator();
        NDArray crossed = x0;
        for (int layer = 0; layer < crossLayers; layer++) {
            crossed = cross(x0, crossed, next);
        }
        Mlp deep = deep(inputs.shape().width());
        if (structure == Structure.STACKED) {
            return Mlp.logit(deep.apply(crossed, next, inputs), next);
        }
        NDArray both = hidden.isEmpty() ? crossed : crossed.concat(deep.apply(x0, next, inputs), 1);
        return Mlp.logit(both, next);
    }

    private List<TensorSpec> crossTensors(String name, int width) {
        if (rank == 0) {
            return Mlp.linearTensors(name, width, width);
        }
        return List.of(
                TensorSpec.matrix(name + ".v", width, rank),
                TensorSpec.matrix(name + ".u", rank, width),
                TensorSpec.bias(name + ".bias", width));
    }

    private NDArray cross(NDArray x0, NDArray x, Iterator<NDArray> tensors) {
        NDArray projected = rank == 0 ? x : x.matMul(tensors.next());
        // In place: the gradient of a product needs its factors, not the product.
        return x0.mul(Mlp.linear(projected, tensors)).addi(x);
    }

    private Mlp deep(int width) {
        return new Mlp("deep", width, hidden, dropout);
    }

    private int outputWidth(int width) {
        if (structure == Structure.STACKED) {
            return deep(width).out();
        }
        return hidden.isEmpty() ? width : width + deep(width).out();
    }
}
