package io.millrace.model.metric;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.OptionalDouble;

/** Root mean squared error, the square root of the weighted mean of (prediction - label)². */
public final class RootMeanSquaredError implements Metric {

    public static final String NAME = "rmse";

    private final WeightedMean mean = new WeightedMean();

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void add(double label, double prediction, double weight) {
        double error = prediction - label;
        mean.add(error * error, weight);
    }

    @Override
    public OptionalDouble value() {
        OptionalDouble square = mean.value();
        return square.isPresent() ? OptionalDouble.of(Math.sqrt(square.getAsDouble())) : square;
    }

    @Override
    public void merge(Metric other) {
        mean.merge(((RootMeanSquaredError) other).mean);
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
