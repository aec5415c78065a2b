package io.millrace.model.metric;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.OptionalDouble;

/** Mean absolute error, the weighted mean of |prediction - label|. */
public final class MeanAbsoluteError implements Metric {

    public static final String NAME = "mae";

    private double errors;
    private double weights;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void add(double label, double prediction, double weight) {
        errors += weight * Math.abs(prediction - label);
        weights += weight;
    }

    @Override
    public OptionalDouble value() {
        return Metric.quotient(errors, weights);
    }

    @Override
    public void merge(Metric other) {
        MeanAbsoluteError that = (MeanAbsoluteError) other;
        errors += that.errors;
        weights += that.weights;
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
        out.writeDouble(errors);
        out.writeDouble(weights);
    }

    @Override
    public void readFrom(DataInput in) throws IOException {
        errors = in.readDouble();
        weights = in.readDouble();
    }
}
