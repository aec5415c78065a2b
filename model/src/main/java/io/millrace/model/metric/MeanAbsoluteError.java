package io.millrace.model.metric;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.OptionalDouble;

/** Mean absolute error, the weighted mean of |prediction - label|. */
public final class MeanAbsoluteError implements Metric {

    public static final String NAME = "mae";

    private final WeightedMean mean = new WeightedMean();

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void add(double label, double prediction, double weight) {
        mean.add(Math.abs(prediction - label), weight);
    }

    @Override
    public OptionalDouble value() {
        return mean.value();
    }

    @Override
    public void merge(Metric other) {
        mean.merge(((MeanAbsoluteError) other).mean);
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
