package io.millrace.model.parameter;

import java.io.Serializable;

/** The shape of the rows of one slot: {@code width} weights, then the optimizer's state. */
public record RowLayout(int slot, int width, RowOptimizer optimizer) implements Serializable {

    /** Weights and optimizer state together, in floats. */
    public int size() {
        return width + optimizer.stateSize(width);
    }
}
