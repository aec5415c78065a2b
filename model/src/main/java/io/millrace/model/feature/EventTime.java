package io.millrace.model.feature;

import java.time.Duration;
import java.time.Instant;

/** The bounds of a believable event time. */
public final class EventTime {

    private EventTime() {}

    /**
     * Refuses a time before 1970 or too far in the future, which would push the watermark past all
     * honest events.
     *
     * @param time event time, milliseconds since the epoch
     * @param now wall clock, milliseconds since the epoch
     * @param maxAhead how far {@code time} may be after {@code now}, milliseconds
     */
    public static void check(long time, long now, long maxAhead) throws InvalidEventException {
        if (time < 0) {
            throw new InvalidEventException(
                    "the event time "
                            + time
                            + " is negative; expected milliseconds since 1970-01-01 UTC");
        }
        if (time - now > maxAhead) {
            throw new InvalidEventException(
                    "the event time "
                            + Instant.ofEpochMilli(time)
                            + " is more than "
                            + Duration.ofMillis(maxAhead)
                            + " after the clock's "
                            + Instant.ofEpochMilli(now)
                            + "; expected milliseconds since 1970-01-01 UTC");
        }
    }
}
