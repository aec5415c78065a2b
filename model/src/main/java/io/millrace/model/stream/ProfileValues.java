package io.millrace.model.stream;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a profile says of a key.
 *
 * @param values by field: Long, Double, Boolean, String or a List of Strings; those that miss are
 *     left out
 * @param time from which it holds, milliseconds since the epoch; null when there is none
 */
record ProfileValues(Map<String, Object> values, @Nullable Long time) implements Accumulator {

    static final ProfileValues EMPTY = new ProfileValues(Map.of(), null);

    ProfileValues {
        values = Collections.unmodifiableMap(new TreeMap<>(values));
    }

    @Override
    public String definition() {
        return "profile";
    }

    @Override
    public boolean isEmpty() {
        return time == null;
    }

    @Override
    public boolean takes(StreamUpdate update) {
        return update instanceof StreamUpdate.Profiled;
    }

    /** An older profile never replaces a newer one. */
    @Override
    public ProfileValues after(StreamUpdate update) {
        Long known = time;
        return known != null && known > update.time()
                ? this
                : new ProfileValues(((StreamUpdate.Profiled) update).values(), update.time());
    }

    @Override
    public void write(DataOutput out) throws IOException {
        Long known = time;
        out.writeLong(known == null ? Long.MIN_VALUE : known);
        StreamBytes.writeValues(values, out);
    }

    @Override
    public ProfileValues read(DataInput in) throws IOException {
        long known = in.readLong();
        return new ProfileValues(
                StreamBytes.readValues(in), known == Long.MIN_VALUE ? null : (Long) known);
    }
}
