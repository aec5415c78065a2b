package io.millrace.model.metric;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.OptionalDouble;

/**
 * A measure of predictions that adds up: that of two sets of examples merged is that of their
 * union, whatever the order.
 */
public sealed interface Metric
        permits Auc,
                Calibration,
                LogLoss,
                MeanAbsoluteError,
                NormalizedEntropy,
                RootMeanSquaredError {

    /** Its name in reports and on the metrics topic. */
    String name();

    /**
     * Adds an example.
     *
     * @param label 0 or 1 for clicks, the rating for ratings
     * @param prediction made before the example was learned from
     * @param weight the example's importance; negative for what takes an earlier example back
     */
    void add(double label, double prediction, double weight);

    /**
     * The value so far; empty where it is not defined, as before the first example, or while more
     * weight was taken back than added.
     */
    OptionalDouble value();

    /**
     * Adds all examples of another metric of the same class.
     *
     * @throws ClassCastException when it is of another class
     */
    void merge(Metric other);

    /** Writes what {@link #readFrom} restores. */
    void writeTo(DataOutput out) throws IOException;

    /** Replaces the content with what was written. */
    void readFrom(DataInput in) throws IOException;

    /**
     * The quotient where it is defined: not for a denominator of 0, nor when a sum is not finite.
     */
    static OptionalDouble quotient(double numerator, double denominator) {
        double quotient = numerator / denominator;
        return Double.isFinite(quotient) ? OptionalDouble.of(quotient) : OptionalDouble.empty();
    }
}
