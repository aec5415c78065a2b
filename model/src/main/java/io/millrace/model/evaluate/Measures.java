package io.millrace.model.evaluate;

import io.millrace.model.loss.Objective;
import java.util.List;

/**
 * The metrics of an objective as functions of sums over examples. Sums add over windows, so one
 * mechanism gives a window, the total, a bootstrap replicate and a swapped series.
 *
 * <p>A vector of sums is {@link #terms} sums of one term an example, then what {@link #addToBins}
 * keeps by bins of the prediction. Metrics are numbered by their place in {@link #names}.
 */
sealed interface Measures permits ClickMeasures, RatingMeasures {

    static Measures of(Objective objective) {
        return objective instanceof Objective.Click ? new ClickMeasures() : new RatingMeasures();
    }

    List<String> names();

    /** How many terms {@link #terms(double, double, double, double[])} makes. */
    int terms();

    /** How many of the first sums do not depend on bins. */
    int unbinned();

    /**
     * Length of a vector of sums.
     *
     * @param bins of predictions that are told apart; 0 where no ranks are wanted
     */
    int sums(int bins);

    /** What one example adds to the first {@link #terms()} sums. */
    void terms(double label, double prediction, double weight, double[] into);

    /**
     * Adds one example to the sums by bins.
     *
     * @param at where the vector begins in {@code sums}
     * @param coarse bin of {@link Grid#coarse}
     * @param bin fine bin, below {@code bins}
     * @param bins fine bins of the vector; with 0 only the coarse ones are kept
     */
    void addToBins(
            double[] sums,
            int at,
            double label,
            double prediction,
            double weight,
            int coarse,
            int bin,
            int bins);

    /** Writes the metric values; NaN where one is not defined. */
    void values(double[] sums, int at, int bins, double[] into);
}
