package io.millrace.model.evaluate;

import io.millrace.model.metric.Auc;
import io.millrace.model.metric.Calibration;
import io.millrace.model.metric.LogLoss;
import io.millrace.model.metric.Metric;
import io.millrace.model.metric.NormalizedEntropy;
import java.util.List;

/**
 * AUC, GAUC, log loss, normalized entropy, calibration and ECE. The first, third, fourth and fifth
 * are those of {@code io.millrace.model.metric}; with bins the AUC counts two predictions in one as
 * a tie.
 *
 * <p>GAUC is the AUC within the examples of each user and window, averaged with their weights;
 * those of one class are left out (Zhou et al., <a href="https://arxiv.org/abs/1706.06978">Deep
 * Interest Network for Click-Through Rate Prediction</a>, KDD 2018, section 6.2).
 *
 * <p>ECE, the expected calibration error, is the weighted mean of |mean prediction - mean label|
 * over {@value Grid#COARSE} bins (Naeini et al., Obtaining Well Calibrated Probabilities Using
 * Bayesian Binning, AAAI 2015) of equal numbers of examples (Nixon et al., <a
 * href="https://arxiv.org/abs/1904.01685">Measuring Calibration in Deep Learning</a>, 2019).
 *
 * <p>Weights are negative for what takes an earlier example back; a metric is not defined where
 * more was taken back than added.
 */
record ClickMeasures() implements Measures {

    static final String GAUC = "gauc";
    static final String ECE = "ece";

    /** The place of the AUC in {@link #names}. */
    static final int AUC_AT = 0;

    private static final List<String> NAMES =
            List.of(Auc.NAME, GAUC, LogLoss.NAME, NormalizedEntropy.NAME, Calibration.NAME, ECE);

    private static final int WEIGHTS = 0;
    private static final int LABELS = 1;
    private static final int PREDICTIONS = 2;
    private static final int LOSSES = 3;
    private static final int TERMS = 4;
    private static final int USER_AUCS = 4;
    private static final int USER_WEIGHTS = 5;
    private static final int GAPS = 6;
    private static final int POSITIVES = GAPS + Grid.COARSE;

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
        return GAPS;
    }

    @Override
    public int sums(int bins) {
        return POSITIVES + 2 * bins;
    }

    @Override
    public void terms(double label, double prediction, double weight, double[] into) {
        into[WEIGHTS] = weight;
        into[LABELS] = weight * label;
        into[PREDICTIONS] = weight * prediction;
        into[LOSSES] = weight * LogLoss.of(label, prediction);
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
        sums[at + GAPS + coarse] += weight * (prediction - label);
        if (bins > 0) {
            sums[at + POSITIVES + bin] += weight * label;
            sums[at + POSITIVES + bins + bin] += weight * (1 - label);
        }
    }

    /** Adds the AUC within one user's examples of one window. */
    static void addUser(double[] sums, int at, double auc, double weight) {
        sums[at + USER_AUCS] += weight * auc;
        sums[at + USER_WEIGHTS] += weight;
    }

    @Override
    public void values(double[] sums, int at, int bins, double[] into) {
        double weight = sums[at + WEIGHTS];
        double labels = sums[at + LABELS];
        double losses = sums[at + LOSSES];
        double gaps = 0;
        for (int bin = 0; bin < Grid.COARSE; bin++) {
            gaps += Math.abs(sums[at + GAPS + bin]);
        }
        into[AUC_AT] = area(sums, at + POSITIVES, bins);
        into[1] = quotient(sums[at + USER_AUCS], sums[at + USER_WEIGHTS]);
        into[2] = weight > 0 ? quotient(losses, weight) : Double.NaN;
        into[3] = NormalizedEntropy.of(losses, labels, weight).orElse(Double.NaN);
        into[4] = labels > 0 ? quotient(sums[at + PREDICTIONS], labels) : Double.NaN;
        into[5] = weight > 0 ? quotient(gaps, weight) : Double.NaN;
    }

    private static double area(double[] sums, int positives, int bins) {
        double below = 0;
        double positive = 0;
        double pairs = 0;
        for (int bin = 0; bin < bins; bin++) {
            double here = sums[positives + bin];
            double negatives = sums[positives + bins + bin];
            pairs += here * (below + negatives / 2);
            below += negatives;
            positive += here;
        }
        return area(pairs, positive, below);
    }

    /** The share of pairs; NaN without examples of both classes. */
    static double area(double pairs, double positives, double negatives) {
        if (!(positives > 0 && negatives > 0)) {
            return Double.NaN;
        }
        return Math.min(Math.max(quotient(pairs, positives * negatives), 0), 1);
    }

    static double quotient(double numerator, double denominator) {
        return Metric.quotient(numerator, denominator).orElse(Double.NaN);
    }
}
