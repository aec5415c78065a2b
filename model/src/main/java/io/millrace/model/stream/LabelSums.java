package io.millrace.model.stream;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The sum of labels and how many there were, each decayed since it was known.
 *
 * @param halfLife milliseconds; 0 when labels do not decay
 * @param sum as of {@code time}
 * @param count as of {@code time}
 * @param time of the newest label, milliseconds since the epoch; has no meaning when the count is 0
 */
record LabelSums(long halfLife, double sum, double count, long time) implements Accumulator {

    LabelSums(long halfLife) {
        this(halfLife, 0, 0, 0);
    }

    /**
     * (sum + strength prior) / (count + strength), at a time. The count is below 0 only by
     * rounding, or while a label that was taken back is yet to come.
     */
    double mean(double prior, double strength, long instant) {
        double left = Decay.after(instant - time, halfLife);
        return (sum * left + strength * prior) / (Math.max(0, count) * left + strength);
    }

    @Override
    public String definition() {
        return "mean half-life=" + halfLife;
    }

    @Override
    public boolean isEmpty() {
        return count == 0 && sum == 0;
    }

    @Override
    public boolean takes(StreamUpdate update) {
        return update instanceof StreamUpdate.Happened happened
                && (happened.label() != null || happened.undone() != null);
    }

    @Override
    public LabelSums after(StreamUpdate update) {
        StreamUpdate.Happened happened = (StreamUpdate.Happened) update;
        long now = isEmpty() ? update.time() : Math.max(time, update.time());
        double left = Decay.after(now - time, halfLife);
        double newSum = sum * left;
        double newCount = count * left;
        Double label = happened.label();
        if (label != null) {
            double weight = Decay.after(now - update.time(), halfLife);
            newSum += weight * label;
            newCount += weight;
        }
        Long undone = happened.undone();
        if (undone != null) {
            newCount -= Decay.after(now - undone, halfLife); // what is left of that label 0
        }
        return new LabelSums(halfLife, newSum, newCount, now);
    }

    @Override
    public void write(DataOutput out) throws IOException {
        out.writeDouble(sum);
        out.writeDouble(count);
        out.writeLong(time);
    }

    @Override
    public LabelSums read(DataInput in) throws IOException {
        return new LabelSums(halfLife, in.readDouble(), in.readDouble(), in.readLong());
    }
}
