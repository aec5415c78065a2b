package io.millrace.jobs.history;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.schemas.codec.EventFormat;
import java.io.IOException;
import java.io.Serializable;
import java.util.Collections;
import java.util.SortedMap;

/**
 * Recorded events in the order of event time, to be read as often as wanted. Whoever makes one has
 * looked at its source: it is there, it is of a known format, and it holds events.
 *
 * <p>Beside them it may hold profiles: those that hold from before its end on, however long before
 * its beginning. They are no events and not counted with them.
 */
public interface History extends Serializable {

    /** How payloads are written. */
    EventFormat format();

    /** How many events there are; of a topic at most, since offsets may have gaps. */
    long size();

    /** How many events there are; to know that of a part of a topic, all of it is read. */
    default long count() throws IOException {
        return size();
    }

    /** What the events are of, for people: source, range, offsets, rows set aside. */
    SortedMap<String, String> facts();

    /** Begins to read; the same events in the same order each time. */
    HistoryCursor<HistoryEvent> open() throws IOException;

    /** The {@link HistoryProfile#table} of a pipeline's profile. */
    default String table(PipelineConfig config, String profile) {
        return profile;
    }

    /** By {@link HistoryProfile#table} how many records of profiles; of topics at most. */
    default SortedMap<String, Long> profiles() {
        return Collections.emptySortedMap();
    }

    /**
     * Begins to read the profiles; the same each time. Of two of the same key and event time the
     * later one counts, otherwise their order means nothing.
     */
    default HistoryCursor<HistoryProfile> openProfiles() throws IOException {
        return HistoryCursor.empty();
    }
}
