package io.millrace.jobs.history;

import io.millrace.schemas.codec.EventFormat;
import java.io.IOException;
import java.io.Serializable;
import java.util.SortedMap;

/**
 * Recorded events in the order of event time, to be read as often as wanted. Whoever makes one has
 * looked at its source: it is there, it is of a known format, and it holds events.
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
    HistoryCursor open() throws IOException;
}
