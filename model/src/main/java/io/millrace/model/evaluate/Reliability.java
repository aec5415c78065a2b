package io.millrace.model.evaluate;

import io.millrace.model.evaluate.SeriesResult.ReliabilityBin;
import java.util.ArrayList;
import java.util.List;

/** Weighted sums of predictions and labels over the coarse bins of a {@link Grid}. */
final class Reliability {

    private final double[] predictions = new double[Grid.COARSE];
    private final double[] labels = new double[Grid.COARSE];
    private final double[] weights = new double[Grid.COARSE];
    private final long[] examples = new long[Grid.COARSE];

    void add(int bin, double label, double prediction, double weight) {
        predictions[bin] += weight * prediction;
        labels[bin] += weight * label;
        weights[bin] += weight;
        examples[bin]++;
    }

    /** The bins that have a weight, in the order of their predictions. */
    List<ReliabilityBin> bins() {
        List<ReliabilityBin> bins = new ArrayList<>();
        for (int bin = 0; bin < Grid.COARSE; bin++) {
            if (weights[bin] > 0) {
                bins.add(
                        new ReliabilityBin(
                                predictions[bin] / weights[bin],
                                labels[bin] / weights[bin],
                                examples[bin]));
            }
        }
        return bins;
    }
}
