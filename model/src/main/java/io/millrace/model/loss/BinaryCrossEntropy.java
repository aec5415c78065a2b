package io.millrace.model.loss;

/**
 * Cross-entropy of a 0/1 label under sigmoid(logit), the click probability among the examples that
 * are learned. Of all impressions it is sigmoid(logit + correction), where only a share of the
 * negatives is learned.
 *
 * @param correction the logarithm of that share, at most 0
 */
record BinaryCrossEntropy(double correction) implements Loss {

    @Override
    public float prediction(float logit) {
        return (float) sigmoid(logit + correction);
    }

    /** softplus(z) - y z, where softplus(z) = max(z, 0) + ln(1 + exp(-|z|)) never overflows. */
    @Override
    public double loss(double logit, double label) {
        return Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit))) - label * logit;
    }

    @Override
    public double derivative(double logit, double label) {
        return sigmoid(logit) - label;
    }

    private static double sigmoid(double logit) {
        return 1 / (1 + Math.exp(-logit));
    }
}
