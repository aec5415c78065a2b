package io.millrace.model.evaluate;

import io.millrace.model.evaluate.SeriesResult.ReliabilityBin;
import io.millrace.model.evaluate.SeriesResult.SliceResult;
import io.millrace.model.evaluate.SeriesResult.WindowResult;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is known of one series: its result, and what a comparison needs.
 *
 * @param values of the metrics over all examples; NaN where one is not defined
 * @param units sums over what is drawn together; some may have no example
 * @param quantiles of {@link Grid#quantiles}
 * @param replicates of {@link Bootstrap#replicates}
 */
record Judged(
        long examples,
        double[] values,
        List<WindowResult> windows,
        List<SliceResult> slices,
        List<ReliabilityBin> reliability,
        Tallies units,
        float[] quantiles,
        double[][] replicates) {

    SeriesResult result(Series series, Measures measures) {
        SortedMap<String, Estimate> metrics = new TreeMap<>();
        for (int metric = 0; metric < values.length; metric++) {
            if (!Double.isNaN(values[metric])) {
                metrics.put(measures.names().get(metric), estimate(metric));
            }
        }
        return new SeriesResult(series, examples, metrics, windows, slices, reliability);
    }

    private Estimate estimate(int metric) {
        Bootstrap.Interval interval = Bootstrap.interval(values[metric], replicates[metric]);
        return interval == null
                ? new Estimate(values[metric], null, null)
                : new Estimate(values[metric], interval.low(), interval.high());
    }
}
