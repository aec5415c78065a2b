package io.millrace.model.parameter;

import io.millrace.model.architecture.TensorSpec;
import java.io.Serializable;
import java.util.List;

/**
 * The network's tensors laid end to end in one vector, which is cut into rows of {@link #BLOCK}
 * weights. The last block is padded with zeros that never receive a gradient.
 */
public final class DenseLayout implements Serializable {

    /** Weights in a block: small enough to spread over shards, large enough to be cheap to key. */
    public static final int BLOCK = 1024;

    /** They lie in one buffer, which is addressed by an int in bytes. */
    private static final int MOST_WEIGHTS = Integer.MAX_VALUE / Float.BYTES;

    private final List<TensorSpec> tensors;
    private final int[] starts;

    public DenseLayout(List<TensorSpec> tensors) {
        this.tensors = List.copyOf(tensors);
        starts = new int[tensors.size() + 1];
        for (int i = 0; i < tensors.size(); i++) {
            starts[i + 1] = Math.addExact(starts[i], tensors.get(i).size());
        }
        if (size() > MOST_WEIGHTS) {
            throw new IllegalArgumentException(
                    "the network has "
                            + size()
                            + " weights, but no more than "
                            + MOST_WEIGHTS
                            + " fit into one piece of memory; make its layers narrower");
        }
    }

    public List<TensorSpec> tensors() {
        return tensors;
    }

    /**
     * Where tensor {@code i} starts in the vector; {@code start(tensors().size())} is its length.
     */
    public int start(int i) {
        return starts[i];
    }

    /** Number of weights, padding not counted. */
    public int size() {
        return starts[tensors.size()];
    }

    public int blocks() {
        return (size() + BLOCK - 1) / BLOCK;
    }
}
