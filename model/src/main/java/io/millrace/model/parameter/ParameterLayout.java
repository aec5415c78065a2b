package io.millrace.model.parameter;

import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.InputShape;
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

    /** By slot, the weights of a row that are its embedding; the others are linear weights. */
    private final int[] dimensions;

    private final long seed;

    public ParameterLayout(ModelSpec spec) {
        InputShape input = spec.inputShape();
        dense = new DenseLayout(spec.architecture().tensors(input));
        seed = spec.seed();
        slots = new ArrayList<>();
        slots.add(new RowLayout(ParameterKey.DENSE_SLOT, DenseLayout.BLOCK, spec.denseOptimizer()));
        dimensions = new int[1 + input.fields().size()];
        for (InputShape.Field field : input.fields()) {
            dimensions[slots.size()] = field.dimension();
            slots.add(new RowLayout(slots.size(), field.width(), spec.embeddingOptimizer()));
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

    /** How many of a row's weights are an embedding, which come first; for a sparse slot. */
    int dimension(int slot) {
        return dimensions[slot];
    }

    public DenseLayout dense() {
        return dense;
    }

    /** Writes the initial weights of a row, a function of seed and key only. */
    public void initialize(long key, float[] weights, int at) {
        InitialWeights.write(this, seed, key, weights, at);
    }
}
