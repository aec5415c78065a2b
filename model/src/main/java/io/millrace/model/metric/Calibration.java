package io.millrace.model.metric;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.OptionalDouble;

/**
 * Calibration: the sum of predictions over the sum of labels, 1 at best (He et al., Practical
 * Lessons from Predicting Clicks on Ads at Facebook, ADKDD 2014, section 2). Not defined before the
 * first click.
 */
public final class Calibration implements Metric {

    public static final String NAME = "calibration";

    private double predictions;
    private double labels;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void add(double label, double prediction, double weight) {
        predictions += weight * prediction;
        labels += weight * label;
    }

    @Override
    public OptionalDouble value() {
        return labels > 0 ? Metric.quotient(predictions, labels) : OptionalDouble.empty();
    }

    @Override
    public void merge(Metric other) {
        Calibration that = (Calibration) other;
        predictions += that.predictions;
        labels += that.labels;
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
        out.writeDouble(predictions);
        out.writeDouble(labels);
    }

    @Override
    public void readFrom(DataInput in) throws IOException {
        predictions = in.readDouble();
        labels = in.readDouble();
    }
}
