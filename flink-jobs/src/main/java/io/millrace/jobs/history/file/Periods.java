package io.millrace.jobs.history.file;

import it.unimi.dsi.fastutil.longs.Long2LongOpenHashMap;
import java.io.Serializable;

/**
 * How many rows each period of time has, where rows have no time of their own. The k-th of n rows
 * of a period, from 0, gets the time k/n into it.
 */
final class Periods implements Serializable {

    private static final long serialVersionUID = 1L;

    private final long length;
    private final Long2LongOpenHashMap rows = new Long2LongOpenHashMap();

    /**
     * @param length in milliseconds; 0 when rows have a time of their own
     */
    Periods(long length) {
        this.length = length;
    }

    boolean areSpread() {
        return length > 0;
    }

    /** Counts a row of the period that begins then. */
    void count(long begin) {
        if (areSpread()) {
            rows.addTo(begin, 1);
        }
    }

    /** Tells the times of rows in the order of the file, from the first. */
    Clock clock() {
        return new Clock();
    }

    /** Used by one thread. */
    final class Clock {

        private final Long2LongOpenHashMap seen = new Long2LongOpenHashMap();

        /** The time of the next row, which says this of itself. */
        long next(long time) {
            return areSpread() ? time + seen.addTo(time, 1) * length / rows.get(time) : time;
        }
    }
}
