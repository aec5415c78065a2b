package io.millrace.model.evaluate;

import io.millrace.model.metric.MeanAbsoluteError;
import io.millrace.model.metric.Metric;
import io.millrace.model.metric.RootMeanSquaredError;
import java.util.List;

/**
 * RMSE and MAE as in {@code io.millrace.model.metric}, and the bias, the weighted mean of
 * prediction - label.
 */
record RatingMeasures() implements Measures {

    static final String BIAS = "bias";

    private static final List<String> NAMES =
            List.of(RootMeanSquaredError.NAME, MeanAbsoluteError.NAME, BIAS);

    private static final int WEIGHTS = 0;
    private static final int SQUARES = 1;
    private static final int DISTANCES = 2;
    private static final int ERRORS = 3;
    private static final int TERMS = 4;

    @Override
    public List<String> names() {
        return NAMES;
    }

    @Override
    public int terms() {
        return TERMS;
    }

    @Override
    public int unbinned() {
        return TERMS;
    }

    @Override
    public int sums(int bins) {
        return TERMS;
    }

    @Override
    public void terms(double label, double prediction, double weight, double[] into) {
        double error = prediction - label;
        into[WEIGHTS] = weight;
        into[SQUARES] = weight * error * error;
        into[DISTANCES] = weight * Math.abs(error);
        into[ERRORS] = weight * error;
    }

    @Override
    public void addToBins(
            double[] sums,
            int at,
            double label,
            double prediction,
            double weight,
            int coarse,
            int bin,
            int bins) {
        // Nothing of ratings is ranked or binned.
    }

    @Override
    public void values(double[] sums, int at, int bins, double[] into) {
        double weight = sums[at + WEIGHTS];
        // Swapped windows may leave a sum of nothing a little below 0.
        into[0] = Math.sqrt(Math.max(0, mean(sums[at + SQUARES], weight)));
        into[1] = mean(sums[at + DISTANCES], weight);
        into[2] = mean(sums[at + ERRORS], weight);
    }

    private static double mean(double sum, double weight) {
        return Metric.quotient(sum, weight).orElse(Double.NaN);
    }
}
