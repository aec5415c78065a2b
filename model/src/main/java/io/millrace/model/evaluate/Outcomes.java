package io.millrace.model.evaluate;

import io.millrace.model.loss.Objective;
import java.util.List;

/**
 * N judged examples as columns, in the order in which they were learned from.
 *
 * @param series what the predictions are of; S entries
 * @param times event time of the examples, milliseconds since the epoch; N
 * @param users a hash of each example's user; N
 * @param labels 0 or 1 for clicks, the rating for ratings; N
 * @param weights importances, negative for what takes an earlier example back; N
 * @param predictions S rows of N: click probabilities or clipped ratings, NaN where a pipeline has
 *     no such example
 * @param slices what examples are grouped by
 */
public record Outcomes(
        Objective objective,
        List<Series> series,
        long[] times,
        long[] users,
        float[] labels,
        float[] weights,
        float[][] predictions,
        List<SliceColumn> slices) {

    /** Number of examples. */
    public int size() {
        return times.length;
    }
}
