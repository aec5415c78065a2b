package io.millrace.model.metric;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.OptionalDouble;

/**
 * Normalized entropy: the log loss divided by that of always predicting the click rate p of the
 * same examples, -(p ln p + (1 - p) ln(1 - p)) (He et al., Practical Lessons from Predicting Clicks
 * on Ads at Facebook, ADKDD 2014, equation 1). Below 1 is better than knowing the rate alone. Not
 * defined while only one class was seen.
 */
public final class NormalizedEntropy implements Metric {

    public static final String NAME = "normalized_entropy";

    private double loss;
    private double labels;
    private double weights;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void add(double label, double prediction, double weight) {
        loss += weight * LogLoss.of(label, prediction);
        labels += weight * label;
        weights += weight;
    }

    @Override
    public OptionalDouble value() {
        return of(loss, labels, weights);
    }

    /**
     * From sums over examples: of weight times loss, of weight times label, and of weights; empty
     * where it is not defined.
     */
    public static OptionalDouble of(double loss, double labels, double weights) {
        double rate = labels / weights;
        if (!(weights > 0 && rate > 0 && rate < 1)) {
            return OptionalDouble.empty();
        }
        double entropy = -(rate * Math.log(rate) + (1 - rate) * Math.log1p(-rate));
        return Metric.quotient(loss / weights, entropy);
    }

    @Override
    public void merge(Metric other) {
        NormalizedEntropy that = (NormalizedEntropy) other;
        loss += that.loss;
        labels += that.labels;
        weights += that.weights;
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
        out.writeDouble(loss);
        out.writeDouble(labels);
        out.writeDouble(weights);
    }

    @Override
    public void readFrom(DataInput in) throws IOException {
        loss = in.readDouble();
        labels = in.readDouble();
        weights = in.readDouble();
    }
}
