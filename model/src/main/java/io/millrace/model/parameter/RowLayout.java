package io.millrace.model.parameter;

import io.millrace.model.feature.Vocabulary;
import java.io.Serializable;

/**
 * The shape of the rows of one slot: {@code width} weights, then the optimizer's state.
 *
 * @param vocabulary which values have rows
 */
public record RowLayout(int slot, int width, RowOptimizer optimizer, Vocabulary vocabulary)
        implements Serializable {

    /** Every value has a row. */
    public RowLayout(int slot, int width, RowOptimizer optimizer) {
        this(slot, width, optimizer, Vocabulary.OPEN);
    }

    /** Weights and optimizer state together, in floats. */
    public int size() {
        return width + optimizer.stateSize(width);
    }
}
