package io.millrace.model.parameter;

import java.io.Serializable;

/**
 * An update rule for one parameter row. Implementations are records of their hyperparameters, free
 * of state: what a rule remembers of a row lives in the row, behind its weights.
 *
 * <p>A row is {@code width} weights followed by {@link #stateSize} floats of state, all zero when
 * the row is new.
 */
public interface RowOptimizer extends Serializable {

    /** The name used in the pipeline file. */
    String type();

    /** Floats of state for a row of {@code width} weights. */
    int stateSize(int width);

    /**
     * Applies the summed gradient of one micro-batch.
     *
     * @param row holds the row from {@code at}: weights, then state
     * @param gradient holds the gradient from {@code gradientAt}
     */
    void update(float[] row, int at, int width, float[] gradient, int gradientAt);
}
