package io.millrace.model.loss;

/** Half the squared distance between a rating and the midpoint of its range plus the logit. */
record SquaredError(Objective.Rating range) implements Loss {

    @Override
    public float prediction(float logit) {
        return (float) Math.min(range.max(), Math.max(range.min(), range.midpoint() + logit));
    }

    @Override
    public double loss(double logit, double label) {
        double distance = derivative(logit, label);
        return distance * distance / 2;
    }

    @Override
    public double derivative(double logit, double label) {
        return range.midpoint() + logit - label;
    }
}
