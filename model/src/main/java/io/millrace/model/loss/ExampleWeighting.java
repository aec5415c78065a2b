package io.millrace.model.loss;

/**
 * How an example's gradient is weighed beside its importance, by what the model says of it. The
 * weight is a constant in the gradient, whatever it is made of.
 */
public enum ExampleWeighting {
    /** Not at all. */
    NONE {
        @Override
        public double of(double label, double prediction) {
            return 1;
        }
    },

    /**
     * For a stream in which every impression is a negative at once, and a clicked one a positive
     * later: with p the prediction, a positive weighs 1 + p and a negative (1 - p)(1 + p).
     *
     * <p>At click rate c such a stream has a share of c / (1 + c) positives. Importance sampling
     * weighs a positive by c over that share and a negative by (1 - c) over the rest, which are 1 +
     * c and (1 - c)(1 + c), and p stands for the unknown c (Ktena et al., Addressing Delayed
     * Feedback for Continuous Training with Neural Networks in CTR prediction, RecSys 2019, section
     * 3.2: the fake negative weighted loss). The expected derivative by the logit is (1 + p)(1 -
     * p)(p - c): 0 at p = c, and nowhere else.
     */
    FAKE_NEGATIVES {
        @Override
        public double of(double label, double prediction) {
            return (1 + prediction) * (label > 0 ? 1 : 1 - prediction);
        }
    };

    /**
     * The weight of an example.
     *
     * @param prediction the click probability that the very same forward pass says
     */
    public abstract double of(double label, double prediction);
}
