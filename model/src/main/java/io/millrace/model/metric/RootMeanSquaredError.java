package io.millrace.model.metric;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.OptionalDouble;

/** Root mean squared error, the square root of the weighted mean of (prediction - label)². */
public final class RootMeanSquaredError implements Metric {

    public static final String NAME = "rmse";

    private double squares;
    private double weights;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void add(double label, double prediction, double weight) {
        double error = prediction - label;
        squares += weight * error * error;
        weights += weight;
    }

    @Override
    public OptionalDouble value() {
        OptionalDouble mean = Metric.quotient(squares, weights);
        return mean.isPresent() ? OptionalDouble.of(Math.sqrt(mean.getAsDouble())) : mean;
    }

    @Override
    public void merge(Metric other) {
        RootMeanSquaredError that = (RootMeanSquaredError) other;
        squares += that.squares;
        weights += that.weights;
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
        out.writeDouble(squares);
        out.writeDouble(weights);
    }

    @Override
    public void readFrom(DataInput in) throws IOException {
        squares = in.readDouble();
        weights = in.readDouble();
    }
}
