package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.millrace.model.architecture.DcnV2.Structure;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * A deep and cross network: cross layers x_{l+1} = f(x0, x_l) on x0 [B, width], all embeddings and
 * numbers side by side, a deep network below or beside them, and a linear layer that makes the
 * logit. Its kinds differ in f only.
 */
sealed interface CrossNetwork extends Architecture permits Dcn, DcnV2, Gdcn {

    /** Number of cross layers; with 0 the cross network is the identity. */
    int crossLayers();

    /** Widths of the deep network's layers. */
    List<Integer> hidden();

    /** How the cross and the deep network are put together. */
    Structure structure();

    /** The share of each deep layer's outputs that is dropped while learning. */
    double dropout();

    /**
     * The tensors of one cross layer.
     *
     * @param name prefix of their names
     * @param width of x0
     */
    List<TensorSpec> crossTensors(String name, int width);

    /**
     * One cross layer, f(x0, x_l) [B, width].
     *
     * @param tensors which it takes its own from, in the order of {@link #crossTensors}
     */
    NDArray cross(NDArray x0, NDArray x, Iterator<NDArray> tensors);

    @Override
    default boolean takesSideBySide() {
        return true;
    }

    @Override
    default List<TensorSpec> tensors(InputShape input) {
        int width = input.width();
        if (width == 0) {
            throw new IllegalArgumentException(type() + " has no input: declare a feature");
        }
        List<TensorSpec> tensors = new ArrayList<>();
        for (int layer = 0; layer < crossLayers(); layer++) {
            tensors.addAll(crossTensors("cross." + layer, width));
        }
        tensors.addAll(deep(width).tensors());
        tensors.addAll(Mlp.linearTensors("output", outputWidth(width), 1));
        return tensors;
    }

    @Override
    default NDArray logits(Inputs inputs, NDList tensors) {
        NDArray x0 = inputs.sideBySide();
        Iterator<NDArray> next = tensors.iterator();
        NDArray crossed = x0;
        for (int layer = 0; layer < crossLayers(); layer++) {
            crossed = cross(x0, crossed, next);
        }
        Mlp deep = deep(inputs.shape().width());
        if (structure() == Structure.STACKED) {
            return Mlp.logit(deep.apply(crossed, next, inputs), next);
        }
        NDArray both =
                hidden().isEmpty() ? crossed : crossed.concat(deep.apply(x0, next, inputs), 1);
        return Mlp.logit(both, next);
    }

    private Mlp deep(int width) {
        return new Mlp("deep", width, hidden(), dropout());
    }

    private int outputWidth(int width) {
        if (structure() == Structure.STACKED) {
            return deep(width).out();
        }
        return hidden().isEmpty() ? width : width + deep(width).out();
    }
}
