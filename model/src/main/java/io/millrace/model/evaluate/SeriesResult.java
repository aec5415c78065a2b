package io.millrace.model.evaluate;

import java.util.List;
import java.util.SortedMap;

/**
 * How good one series of predictions was.
 *
 * @param examples judged
 * @param metrics over all of them, by name; one that is not defined is left out
 * @param windows in the order of time; those without an example are left out
 * @param slices by column in the order asked for, then the most frequent values first; what is left
 *     of a column is its last slice. They are the same in every series, with 0 examples where this
 *     one has none
 * @param reliability bins of about equal numbers of examples, in the order of their predictions
 */
public record SeriesResult(
        Series series,
        long examples,
        SortedMap<String, Estimate> metrics,
        List<WindowResult> windows,
        List<SliceResult> slices,
        List<ReliabilityBin> reliability) {

    /**
     * Metrics of a span of event time.
     *
     * @param from milliseconds since the epoch
     * @param to exclusive
     */
    public record WindowResult(
            long from, long to, long examples, SortedMap<String, Double> metrics) {}

    /**
     * Metrics of the examples with a value.
     *
     * @param column name of the {@link SliceColumn}
     * @param value the value, or words for a range of counts or for what is left
     */
    public record SliceResult(
            String column, String value, long examples, SortedMap<String, Double> metrics) {}

    /** What was predicted and what came, as weighted means over a bin. */
    public record ReliabilityBin(double prediction, double label, long examples) {}
}
