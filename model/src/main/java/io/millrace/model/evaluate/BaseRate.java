package io.millrace.model.evaluate;

import io.millrace.model.loss.Objective;

/**
 * The predictor that knows only what came before: the weighted mean label of all earlier examples.
 *
 * <p>For clicks half a click and half a non-click of weight 1 are added, so that it begins at 0.5
 * and never is 0 or 1 (Krichevsky and Trofimov, The Performance of Universal Encoding, IEEE
 * Transactions on Information Theory 27(2), 1981). For ratings it begins at the middle of their
 * range.
 */
final class BaseRate {

    static final Series SERIES = new Series("base-rate", "0");

    private static final double HALF = 0.5;
    private static final float BELOW_ONE = Math.nextDown(1f);

    private BaseRate() {}

    /** One prediction for each example, made before its label is known; N. */
    static float[] predictions(Outcomes outcomes) {
        double labels = 0;
        double weights = 0;
        float[] predictions = new float[outcomes.size()];
        for (int row = 0; row < predictions.length; row++) {
            predictions[row] = mean(outcomes.objective(), labels, weights);
            labels += (double) outcomes.weights()[row] * outcomes.labels()[row];
            weights += outcomes.weights()[row];
        }
        return predictions;
    }

    private static float mean(Objective objective, double labels, double weights) {
        if (objective instanceof Objective.Rating rating) {
            return (float) (weights > 0 ? labels / weights : rating.midpoint());
        }
        return Math.min((float) ((labels + HALF) / (weights + 2 * HALF)), BELOW_ONE);
    }
}
