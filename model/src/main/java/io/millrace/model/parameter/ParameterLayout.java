package io.millrace.model.parameter;

import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.InputShape;
import io.millrace.model.feature.FeatureSpec;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * All rows of a model by slot: slot 0 is the dense vector in blocks, slot i the i-th sparse feature
 * (from 1, in the order of the pipeline file). Behind these, each number that is standardized by
 * running moments has a slot with one row, in the order of the file.
 */
public final class ParameterLayout implements Serializable {

    private final List<RowLayout> slots;
    private final DenseLayout dense;

    /** By slot, the weights of a row that are its embedding; the others are linear weights. */
    private final int[] dimensions;

    private final int sparse;

    /** For each slot behind the sparse ones where its number stands among all numbers. */
    private final int[] runningColumns;

    private final boolean countsValues;
    private final boolean expires;
    private final long seed;

    public ParameterLayout(ModelSpec spec) {
        InputShape input = spec.inputShape();
        dense = new DenseLayout(spec.architecture().tensors(input));
        seed = spec.seed();
        slots = new ArrayList<>();
        slots.add(new RowLayout(ParameterKey.DENSE_SLOT, DenseLayout.BLOCK, spec.denseOptimizer()));
        List<FeatureSpec.Sparse> features = sparse(spec);
        sparse = features.size();
        runningColumns = runningColumns(spec);
        dimensions = new int[1 + sparse];
        for (int i = 0; i < sparse; i++) {
            InputShape.Field field = input.fields().get(i);
            dimensions[slots.size()] = field.dimension();
            slots.add(
                    new RowLayout(
                            slots.size(),
                            field.width(),
                            spec.embeddingOptimizer(),
                            features.get(i).vocabulary()));
        }
        for (int i = 0; i < runningColumns.length; i++) {
            slots.add(new RowLayout(slots.size(), Moments.WIDTH, new Moments()));
        }
        countsValues = slots.stream().anyMatch(row -> row.vocabulary().minCount() > 0);
        expires = slots.stream().anyMatch(row -> row.vocabulary().ttl() != null);
        if (slots.size() > ParameterKey.MAX_SLOTS) {
            throw new IllegalArgumentException(
                    "The model has "
                            + (slots.size() - 1)
                            + " sparse features and running numbers, but a parameter key has room for "
                            + (ParameterKey.MAX_SLOTS - 1)
                            + ".");
        }
    }

    /** Number of slots, the dense one included. */
    public int slots() {
        return slots.size();
    }

    /** F, the number of sparse features, which have the slots from 1. */
    public int sparse() {
        return sparse;
    }

    /** Whether the rows of a slot are moments of a number. */
    public boolean isMoments(int slot) {
        return slot > sparse;
    }

    /** For each slot behind the sparse ones the position of its number among all numbers. */
    public int[] runningColumns() {
        return runningColumns.clone();
    }

    /** The slot of a number's moments. */
    public int momentsSlot(int running) {
        return sparse + 1 + running;
    }

    /** Whether there is a feature that admits values by their count. */
    public boolean countsValues() {
        return countsValues;
    }

    /** Whether a row of this key may be a count alone: one that stands for a single value. */
    public boolean canBeCandidate(long key) {
        int slot = ParameterKey.slot(key);
        return slot > ParameterKey.DENSE_SLOT && slot <= sparse && ParameterKey.isValue(key);
    }

    /** Whether there is a feature whose values expire. */
    public boolean expires() {
        return expires;
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
        if (isMoments(ParameterKey.slot(key))) {
            weights[at] = 0;
            weights[at + 1] = 1;
            return;
        }
        InitialWeights.write(this, seed, key, weights, at);
    }

    private static List<FeatureSpec.Sparse> sparse(ModelSpec spec) {
        List<FeatureSpec.Sparse> sparse = new ArrayList<>();
        for (FeatureSpec feature : spec.features()) {
            if (feature instanceof FeatureSpec.Sparse one) {
                sparse.add(one);
            }
        }
        return sparse;
    }

    private static int[] runningColumns(ModelSpec spec) {
        List<Integer> columns = new ArrayList<>();
        int column = 0;
        for (FeatureSpec feature : spec.features()) {
            if (feature instanceof FeatureSpec.Numeric numeric && numeric.running()) {
                columns.add(column);
            }
            if (feature instanceof FeatureSpec.Dense dense) {
                column += dense.width();
            }
        }
        return columns.stream().mapToInt(Integer::intValue).toArray();
    }
}
