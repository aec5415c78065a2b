package io.millrace.model.parameter;

/**
 * The checks that the optimizers' compact constructors share; each names the hyperparameter as the
 * pipeline file does.
 */
final class Hyperparameters {

    private Hyperparameters() {}

    static void requirePositive(String name, double value) {
        float single = (float) value;
        if (!(single > 0) || Float.isInfinite(single)) {
            throw new IllegalArgumentException(
                    name + " must be a finite float above 0, but is " + value + ".");
        }
    }

    static void requireNotNegative(String name, double value) {
        float single = (float) value;
        if (!(single >= 0) || Float.isInfinite(single)) {
            throw new IllegalArgumentException(
                    name + " must be a finite float of 0 or more, but is " + value + ".");
        }
    }

    /** For decay rates of moving averages: 1 would never forget. */
    static void requireDecayRate(String name, double value) {
        if (!(value >= 0 && (float) value < 1)) {
            throw new IllegalArgumentException(
                    name + " must be at least 0 and below 1, but is " + value + ".");
        }
    }
}
