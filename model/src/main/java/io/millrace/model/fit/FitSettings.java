package io.millrace.model.fit;

/**
 * How long, and in what steps, to train.
 *
 * @param epochs most passes over the examples
 * @param microBatch examples in a micro-batch
 * @param patience epochs in a row that may be no better than the best one before training stops; 0
 *     to train for all epochs
 */
public record FitSettings(int epochs, int microBatch, int patience) {

    public FitSettings {
        requireAtLeast("the number of epochs", epochs, 1);
        requireAtLeast("the micro-batch", microBatch, 1);
        requireAtLeast("the patience", patience, 0);
    }

    private static void requireAtLeast(String what, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(
                    what + " is " + value + "; it must be at least " + least);
        }
    }
}
