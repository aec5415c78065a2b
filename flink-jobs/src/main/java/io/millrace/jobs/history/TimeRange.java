package io.millrace.jobs.history;

import java.io.Serializable;

/**
 * A span of event time.
 *
 * @param from milliseconds since the epoch
 * @param to exclusive
 */
public record TimeRange(long from, long to) implements Serializable {

    public static final TimeRange ALL = new TimeRange(Long.MIN_VALUE, Long.MAX_VALUE);

    public boolean contains(long time) {
        return time >= from && time < to;
    }
}
