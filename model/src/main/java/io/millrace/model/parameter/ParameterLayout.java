package io.millrace.model.parameter;

import io.millrace.model.ModelSpec;
import io.millrace.model.feature.FeatureSpec;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * All rows of a model by slot: slot 0 is the dense vector in blocks, slot i the i-th sparse feature
 * (from 1, in the order of the pipeline file).
 */
public final class ParameterLayout implements Serializable {

    private final List<RowLayout> slots;
    private final DenseLayout dense;
    private final long seed;

    public ParameterLayout(ModelSpec spec) {
        dense = new DenseLayout(spec.architecture().tensors(spec.inputShape()));
        seed = spec.seed();
        slots = new ArrayList<>();
        slots.add(new RowLayout(ParameterKey.DENSE_SLOT, DenseLayout.BLOCK, spec.denseOptimizer()));
        for (FeatureSpec feature : spec.features()) {
            if (feature instanceof FeatureSpec.Sparse sparse) {
                slots.add(
                        new RowLayout(slots.size(), sparse.dimension(), spec.embeddingOptimizer()));
            }
        }
        if (slots.size() > ParameterKey.MAX_SLOTS) {
            throw new IllegalArgumentException(
                    "The model has "
                            + (slots.size() - 1)
                            + " sparse features, but a parameter key has room for "
                            + (ParameterKey.MAX_SLOTS - 1)
                            + ".");
        }
    }

    /** Number of slots, the dense one included. */
    public int slots() {
        return slots.size();
    }

    public RowLayout slot(int slot) {
        return slots.get(slot);
    }

    /** The layout of the row with this key. */
    public RowLayout of(long key) {
        return slots.get(ParameterKey.slot(key));
    }

    /** Number of weights in the row with this key. */
    public int width(long key) {
        return of(key).width();
    }

    public DenseLayout dense() {
        return dense;
    }

    /** Writes the initial weights of a row, a function of seed and key only. */
    public void initialize(long key, float[] weights, int at) {
        InitialWeights.write(this, seed, key, weights, at);
    }
}
