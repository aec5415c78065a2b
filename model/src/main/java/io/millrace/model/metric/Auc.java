package io.millrace.model.metric;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * Area under the ROC curve: the probability that a positive example was given a higher prediction
 * than a negative one, a tie counting half (Fawcett, An Introduction to ROC Analysis, 2006). Not
 * defined while only one class was seen.
 *
 * <p>The exact rank statistic needs every prediction at once. This one counts positives and
 * negatives in bins of equal width in the logit, from {@code -LIMIT} to {@code LIMIT}; beyond are
 * the first and the last bin. In logits the rare clicks of a low rate are spread as well as
 * predictions around one half. Two examples in one bin count as a tie: the error is at most half
 * the share of pairs that meet in a bin, and far less for predictions wider than a few bins, since
 * such pairs are ordered almost as often wrongly as rightly.
 *
 * <p>A negative that is taken back may have another prediction by then, and leave less than nothing
 * in a bin. The value is that of the histogram after what is missing was taken from the next bins
 * above, or below where there are none: of negatives that were predicted about alike.
 */
public final class Auc implements Metric {

    public static final String NAME = "auc";

    private static final int BINS = 1 << 15;
    private static final double LIMIT = 16;

    private final double[] positives = new double[BINS];
    private final double[] negatives = new double[BINS];

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void add(double label, double prediction, double weight) {
        int bin = bin(prediction);
        positives[bin] += weight * label;
        negatives[bin] += weight * (1 - label);
    }

    private static int bin(double prediction) {
        double logit = Math.log(prediction / (1 - prediction));
        int bin = (int) ((logit + LIMIT) * (BINS / (2 * LIMIT)));
        return Math.min(Math.max(bin, 0), BINS - 1);
    }

    @Override
    public OptionalDouble value() {
        double[] ones = settled(positives);
        double[] zeros = settled(negatives);
        double negativesBelow = 0;
        double positivesInAll = 0;
        double pairs = 0;
        for (int bin = 0; bin < BINS; bin++) {
            pairs += ones[bin] * (negativesBelow + zeros[bin] / 2);
            negativesBelow += zeros[bin];
            positivesInAll += ones[bin];
        }
        return Metric.quotient(pairs, positivesInAll * negativesBelow);
    }

    /** The same sum without negative counts; nothing at all where the sum is not positive. */
    private static double[] settled(double[] counts) {
        if (Arrays.stream(counts).noneMatch(count -> count < 0)) {
            return counts;
        }
        double[] settled = counts.clone();
        double missing = 0;
        for (int bin = 0; bin < BINS; bin++) {
            missing = settle(settled, bin, missing);
        }
        for (int bin = BINS - 1; bin >= 0; bin--) {
            missing = settle(settled, bin, missing);
        }
        return settled;
    }

    private static double settle(double[] counts, int bin, double missing) {
        double left = counts[bin] - missing;
        counts[bin] = Math.max(left, 0);
        return Math.max(-left, 0);
    }

    @Override
    public void merge(Metric other) {
        Auc that = (Auc) other;
        for (int bin = 0; bin < BINS; bin++) {
            positives[bin] += that.positives[bin];
            negatives[bin] += that.negatives[bin];
        }
    }

    /**
     * Writes the bins that hold something: their number, then index, positives, negatives of each.
     */
    @Override
    public void writeTo(DataOutput out) throws IOException {
        int filled = 0;
        for (int bin = 0; bin < BINS; bin++) {
            filled += isFilled(bin) ? 1 : 0;
        }
        out.writeInt(filled);
        for (int bin = 0; bin < BINS; bin++) {
            if (isFilled(bin)) {
                out.writeShort(bin);
                out.writeDouble(positives[bin]);
                out.writeDouble(negatives[bin]);
            }
        }
    }

    @Override
    public void readFrom(DataInput in) throws IOException {
        Arrays.fill(positives, 0);
        Arrays.fill(negatives, 0);
        int filled = in.readInt();
        for (int i = 0; i < filled; i++) {
            int bin = in.readUnsignedShort();
            if (bin >= BINS) {
                throw new IOException(
                        "An AUC histogram has bin "
                                + bin
                                + ", but the last is "
                                + (BINS - 1)
                                + ".");
            }
            positives[bin] = in.readDouble();
            negatives[bin] = in.readDouble();
        }
    }

    private boolean isFilled(int bin) {
        return positives[bin] != 0 || negatives[bin] != 0;
    }
}
