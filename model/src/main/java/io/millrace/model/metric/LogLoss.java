package io.millrace.model.metric;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.OptionalDouble;

/**
 * Log loss, the weighted mean of -(y ln p + (1 - y) ln(1 - p)). A prediction is first moved to at
 * least {@value #MARGIN} from 0 and 1, about what a float can tell from 1.
 */
public final class LogLoss implements Metric {

    public static final String NAME = "logloss";

    private static final double MARGIN = 1e-7;

    private final WeightedMean mean = new WeightedMean();

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void add(double label, double prediction, double weight) {
        mean.add(of(label, prediction), weight);
    }

    /** The loss of one example of weight 1. */
    public static double of(double label, double prediction) {
        double p = Math.min(Math.max(prediction, MARGIN), 1 - MARGIN);
        return -(label * Math.log(p) + (1 - label) * Math.log1p(-p));
    }

    @Override
    public OptionalDouble value() {
        return mean.value();
    }

    @Override
    public void merge(Metric other) {
        mean.merge(((LogLoss) other).mean);
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
        mean.writeTo(out);
    }

    @Override
    public void readFrom(DataInput in) throws IOException {
        mean.readFrom(in);
    }
}
