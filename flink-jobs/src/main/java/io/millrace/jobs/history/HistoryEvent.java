package io.millrace.jobs.history;

import io.millrace.jobs.source.Origin;

/**
 * A recorded event as the topics hold it.
 *
 * @param origin topic, partition and offset; of a file its name, 0 and the line, from 1
 * @param time event time, milliseconds since the epoch; for a payload that cannot be decoded that
 *     of the event before it
 * @param payload in the history's format
 */
public record HistoryEvent(Kind kind, Origin origin, long time, byte[] payload) {

    /** What the payload is. */
    public enum Kind {
        IMPRESSION,
        CLICK,
        RATING
    }
}
