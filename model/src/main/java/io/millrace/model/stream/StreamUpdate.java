package io.millrace.model.stream;

import io.millrace.model.stream.StreamFeature.Occasion;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What an event does to the rows of its keys. */
public sealed interface StreamUpdate {

    /** Event time, milliseconds since the epoch. */
    long time();

    /** Whether an event of this kind happened. */
    default boolean is(Occasion occasion) {
        return false;
    }

    /**
     * Something that happened to the keys, or a label of theirs that became known, or both.
     *
     * @param occasion what happened; null when only a label became known
     * @param label 1 for a click, 0 for none, or the rating; null when there is none
     * @param undone when a label 0 became known that this takes back, milliseconds since the epoch;
     *     null when nothing is taken back
     * @param recorded the values of fields that are remembered, {@link StreamKeys#recorded}
     */
    record Happened(
            long time,
            @Nullable Occasion occasion,
            @Nullable Double label,
            @Nullable Long undone,
            Map<String, List<String>> recorded)
            implements StreamUpdate {

        public Happened {
            recorded = Collections.unmodifiableMap(new TreeMap<>(recorded));
        }

        @Override
        public boolean is(Occasion other) {
            return occasion == other;
        }
    }

    /**
     * What a profile says from now on; it replaces what it said before.
     *
     * @param values by field: Long, Double, Boolean, String or a List of Strings
     */
    record Profiled(long time, Map<String, Object> values) implements StreamUpdate {
        public Profiled {
            Map<String, Object> known = new HashMap<>(values);
            known.values().removeIf(value -> value == null);
            values = Collections.unmodifiableMap(known);
        }
    }

    // -- under the policy that waits

    /** An impression, whose label is not known yet. */
    static StreamUpdate shown(long time, StreamKeys keys) {
        return new Happened(time, Occasion.IMPRESSION, null, null, keys.recorded());
    }

    /** A click, and the label 1 with it; also the second half of a correction. */
    static StreamUpdate clicked(long time, StreamKeys keys) {
        return new Happened(time, Occasion.CLICK, 1.0, null, keys.recorded());
    }

    /** The label 0, known at the end of the window. */
    static StreamUpdate timedOut(long time) {
        return new Happened(time, null, 0.0, null, Map.of());
    }

    /** A label 0 is taken back, the first half of a correction. */
    static StreamUpdate reversed(long time, long timedOutAt) {
        return new Happened(time, null, null, timedOutAt, Map.of());
    }

    // -- under the policy that does not

    /** An impression with the label 0 at once. */
    static StreamUpdate shownAsNegative(long time, StreamKeys keys) {
        return new Happened(time, Occasion.IMPRESSION, 0.0, null, keys.recorded());
    }

    /** A click, whose label 1 replaces the label 0 of its impression. */
    static StreamUpdate clickedAfterNegative(long time, long shownAt, StreamKeys keys) {
        return new Happened(time, Occasion.CLICK, 1.0, shownAt, keys.recorded());
    }

    // -- others

    /** A rating, its own label. */
    static StreamUpdate rated(long time, double rating, StreamKeys keys) {
        return new Happened(time, Occasion.RATING, rating, null, keys.recorded());
    }

    static StreamUpdate profiled(long time, Map<String, Object> values) {
        return new Profiled(time, values);
    }

    // -- bytes

    default void write(DataOutput out) throws IOException {
        StreamBytes.writeUpdate(this, out);
    }

    static StreamUpdate read(DataInput in) throws IOException {
        return StreamBytes.readUpdate(in);
    }
}
