package io.millrace.jobs.history;

import org.jspecify.annotations.Nullable;

/** What was found in the records that a cursor has fetched. */
final class KafkaTally {

    private long inRange;
    private long events;
    private long earliest = Long.MAX_VALUE;
    private long latest = Long.MIN_VALUE;
    private @Nullable String firstUnreadable;

    void event(long time, boolean wanted) {
        events++;
        earliest = Math.min(earliest, time);
        latest = Math.max(latest, time);
        if (wanted) {
            inRange++;
        }
    }

    void unreadable(KafkaRange range, long offset, String why) {
        if (firstUnreadable == null) {
            firstUnreadable =
                    range.topic() + "/" + range.partition() + ", offset " + offset + ": " + why;
        }
    }

    /** Events that have a believable time. */
    long events() {
        return events;
    }

    /** Those of them whose time is in the range. */
    long inRange() {
        return inRange;
    }

    /** The least of their times, milliseconds since the epoch. */
    long earliest() {
        return earliest;
    }

    /** The greatest of their times, milliseconds since the epoch. */
    long latest() {
        return latest;
    }

    /** Where the first record without one stands, and what is wrong with it; null if all have. */
    @Nullable String firstUnreadable() {
        return firstUnreadable;
    }
}
