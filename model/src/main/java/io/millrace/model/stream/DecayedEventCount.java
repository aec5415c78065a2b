package io.millrace.model.stream;

import io.millrace.model.stream.StreamFeature.Occasion;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * How many events of a kind there were, each decayed since it happened.
 *
 * @param halfLife milliseconds
 * @param count as of {@code time}
 * @param time of the newest event, milliseconds since the epoch; has no meaning when the count is 0
 */
record DecayedEventCount(Occasion of, long halfLife, double count, long time)
        implements Accumulator {

    DecayedEventCount(Occasion of, long halfLife) {
        this(of, halfLife, 0, 0);
    }

    /** The count at a time; before the newest event the same as at that event. */
    double at(long instant) {
        return count * Decay.after(instant - time, halfLife);
    }

    @Override
    public String definition() {
        return "decayed-count of=" + of + " half-life=" + halfLife;
    }

    @Override
    public boolean isEmpty() {
        return count == 0;
    }

    @Override
    public boolean takes(StreamUpdate update) {
        return update.is(of);
    }

    @Override
    public DecayedEventCount after(StreamUpdate update) {
        long now = isEmpty() ? update.time() : Math.max(time, update.time());
        double added = Decay.after(now - update.time(), halfLife);
        return new DecayedEventCount(of, halfLife, at(now) + added, now);
    }

    @Override
    public void write(DataOutput out) throws IOException {
        out.writeDouble(count);
        out.writeLong(time);
    }

    @Override
    public DecayedEventCount read(DataInput in) throws IOException {
        return new DecayedEventCount(of, halfLife, in.readDouble(), in.readLong());
    }
}
