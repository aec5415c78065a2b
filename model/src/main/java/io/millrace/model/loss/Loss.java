package io.millrace.model.loss;

/**
 * An objective's formulas: one example's prediction, loss and derivative as functions of its logit.
 */
public interface Loss {

    static Loss of(Objective objective) {
        if (objective instanceof Objective.Rating rating) {
            return new SquaredError(rating);
        }
        return new BinaryCrossEntropy(Math.log(((Objective.Click) objective).negativeSampling()));
    }

    /** What the model says to the outside: a click probability or a rating. */
    float prediction(float logit);

    /** The penalty of a logit, given the label of an example that is learned. */
    double loss(double logit, double label);

    /** The derivative of {@link #loss} by the logit. */
    double derivative(double logit, double label);
}
