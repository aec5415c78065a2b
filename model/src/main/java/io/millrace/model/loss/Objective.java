package io.millrace.model.loss;

import java.io.Serializable;

/** What a logit means and how it is penalised. */
public sealed interface Objective extends Serializable {

    /**
     * Binary cross-entropy; the prediction is the click probability, sigmoid(logit + ln r) where
     * the share r of negatives is learned (He et al., Practical Lessons from Predicting Clicks on
     * Ads at Facebook, ADKDD 2014, section 6.3).
     *
     * @param negativeSampling r, in (0, 1]; see {@link NegativeSample}
     */
    record Click(double negativeSampling) implements Objective {

        public Click {
            if (!(negativeSampling > 0 && negativeSampling <= 1)) {
                throw new IllegalArgumentException(
                        "the share of negatives that are learned is "
                                + negativeSampling
                                + "; expected more than 0 and at most 1");
            }
        }

        /** Every negative is learned. */
        public Click() {
            this(1);
        }
    }

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
