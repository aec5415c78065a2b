package io.millrace.model.metric;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.OptionalDouble;

/** The mean of weighted values, as two sums: what most metrics are made of. */
final class WeightedMean {

    private double values;
    private double weights;

    void add(double value, double weight) {
        values += weight * value;
        weights += weight;
    }

    /** Empty while the weights sum to nothing, or to less. */
    OptionalDouble value() {
        return weights > 0 ? Metric.quotient(values, weights) : OptionalDouble.empty();
    }

    void merge(WeightedMean other) {
        values += other.values;
        weights += other.weights;
    }

    void writeTo(DataOutput out) throws IOException {
        out.writeDouble(values);
        out.writeDouble(weights);
    }

    void readFrom(DataInput in) throws IOException {
        values = in.readDouble();
        weights = in.readDouble();
    }
}
