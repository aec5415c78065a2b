package io.millrace.jobs.label;

import io.millrace.model.example.Labellable;

/**
 * What the label join makes of its events: {@link Labelled} always, the others only when its {@link
 * LabelSettings} ask for them.
 *
 * <p>Of one impression they come in this order: {@code Shown}; then what says that it is a negative
 * or a positive; then, after a late click, what takes the negative back and the correction.
 *
 * @param <E> what is labelled
 */
public sealed interface LabelOutcome<E> {

    String impressionId();

    /** Its event time is the impression's. */
    E example();

    /**
     * An impression that came for the first time; its label follows.
     *
     * @param example without a label yet
     */
    record Shown<E>(String impressionId, E example) implements LabelOutcome<E> {}

    /**
     * An example, ready to be learned.
     *
     * @param example with label and weight
     * @param why it has this label
     * @param time when the label was known, in event time, milliseconds since the epoch: the
     *     impression's for SHOWN, the end of the window for TIMEOUT, else the click's, but never
     *     before the end of the window for a REVERSAL and its CORRECTION
     */
    record Labelled<E>(String impressionId, E example, Why why, long time)
            implements LabelOutcome<E> {}

    /**
     * A negative that sampling drops, or its reversal: not to be learned, but true. What is counted
     * of labels counts it as it does a {@link Labelled} of the same fields.
     *
     * @param why TIMEOUT or REVERSAL
     */
    record Unsampled<E>(String impressionId, E example, Why why, long time)
            implements LabelOutcome<E> {}

    /** Why an example has its label. */
    enum Why {
        /** A click in time: label 1. */
        CLICK(1, 1),
        /** No click in the attribution window: label 0. */
        TIMEOUT(0, 1),
        /** Shown, under the policy that does not wait: label 0. */
        SHOWN(0, 1),
        /** A late click takes back the negative that went out: label 0, weight -1. */
        REVERSAL(0, -1),
        /** The late click itself: label 1. */
        CORRECTION(1, 1);

        private final float label;
        private final float weight;

        Why(float label, float weight) {
            this.label = label;
            this.weight = weight;
        }

        /** The example that this makes of an impression. */
        <E extends Labellable<E>> E label(E impression) {
            return impression.labelled(label, weight);
        }
    }
}
