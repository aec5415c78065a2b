package io.millrace.model.loss;

import java.io.Serializable;

/** What a logit means and how it is penalised. */
public sealed interface Objective extends Serializable {

    /** Binary cross-entropy; the prediction is the click probability, sigmoid(logit). */
    record Click() implements Objective {}

    /**
     * Squared error, (midpoint + logit - rating)^2 / 2; the prediction is midpoint + logit, clipped
     * to [{@code min}, {@code max}]. The midpoint of the range keeps initial predictions sensible.
     */
    record Rating(double min, double max) implements Objective {
        public double midpoint() {
            return (min + max) / 2;
        }
    }
}
