package io.millrace.model.evaluate;

import java.util.Arrays;

/**
 * The exact AUC of each of several groups, from examples that come in ascending order of their
 * predictions: the share of pairs of a positive and a negative in which the positive has the higher
 * prediction, a tie counting half (Fawcett, An Introduction to ROC Analysis, 2006).
 */
final class RankArea {

    private final float[] tied;
    private final double[] tiedPositives;
    private final double[] tiedNegatives;
    private final double[] positives;
    private final double[] negatives;
    private final double[] pairs;

    RankArea(int groups) {
        tied = new float[groups];
        tiedPositives = new double[groups];
        tiedNegatives = new double[groups];
        positives = new double[groups];
        negatives = new double[groups];
        pairs = new double[groups];
        Arrays.fill(tied, Float.NaN);
    }

    /** Starts all groups anew. */
    void clear() {
        Arrays.fill(tied, Float.NaN);
        Arrays.fill(tiedPositives, 0);
        Arrays.fill(tiedNegatives, 0);
        Arrays.fill(positives, 0);
        Arrays.fill(negatives, 0);
        Arrays.fill(pairs, 0);
    }

    void add(int group, float prediction, double positive, double negative) {
        if (prediction != tied[group]) {
            settle(group);
            tied[group] = prediction;
        }
        tiedPositives[group] += positive;
        tiedNegatives[group] += negative;
    }

    private void settle(int group) {
        pairs[group] += tiedPositives[group] * (negatives[group] + tiedNegatives[group] / 2);
        positives[group] += tiedPositives[group];
        negatives[group] += tiedNegatives[group];
        tiedPositives[group] = 0;
        tiedNegatives[group] = 0;
    }

    /**
     * The AUC of a group; NaN where only one class was seen. What is taken back is predicted as it
     * was when it was added, or nearly, so that less than nothing is left at hardly any prediction.
     */
    double value(int group) {
        settle(group);
        return ClickMeasures.area(pairs[group], positives[group], negatives[group]);
    }

    /** The weights of a group's examples. */
    double weight(int group) {
        settle(group);
        return positives[group] + negatives[group];
    }
}
