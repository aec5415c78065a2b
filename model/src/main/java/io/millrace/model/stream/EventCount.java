package io.millrace.model.stream;

import io.millrace.model.stream.StreamFeature.Occasion;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** How many events of a kind there were. */
record EventCount(Occasion of, long count) implements Accumulator {

    EventCount(Occasion of) {
        this(of, 0);
    }

    @Override
    public String definition() {
        return "count of=" + of;
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
    public EventCount after(StreamUpdate update) {
        return new EventCount(of, count + 1);
    }

    @Override
    public void write(DataOutput out) throws IOException {
        out.writeLong(count);
    }

    @Override
    public EventCount read(DataInput in) throws IOException {
        return new EventCount(of, in.readLong());
    }
}
