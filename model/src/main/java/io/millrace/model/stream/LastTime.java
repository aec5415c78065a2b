package io.millrace.model.stream;

import io.millrace.model.stream.StreamFeature.Occasion;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * When the newest event of a kind was.
 *
 * @param time milliseconds since the epoch; null when there was none
 */
record LastTime(Occasion of, @Nullable Long time) implements Accumulator {

    LastTime(Occasion of) {
        this(of, null);
    }

    /** Seconds from the newest event to a time, not below 0; null when there was none. */
    @Nullable Double secondsBefore(long instant) {
        Long newest = time;
        return newest == null ? null : (Double) (Math.max(0, instant - newest) / 1000.0);
    }

    @Override
    public String definition() {
        return "since-last of=" + of;
    }

    @Override
    public boolean isEmpty() {
        return time == null;
    }

    @Override
    public boolean takes(StreamUpdate update) {
        return update.is(of);
    }

    @Override
    public LastTime after(StreamUpdate update) {
        Long newest = time;
        return newest != null && newest >= update.time() ? this : new LastTime(of, update.time());
    }

    @Override
    public void write(DataOutput out) throws IOException {
        Long newest = time;
        out.writeLong(newest == null ? Long.MIN_VALUE : newest);
    }

    @Override
    public LastTime read(DataInput in) throws IOException {
        long newest = in.readLong();
        return new LastTime(of, newest == Long.MIN_VALUE ? null : (Long) newest);
    }
}
