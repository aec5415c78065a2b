package io.millrace.jobs.history.file;

import io.millrace.jobs.history.TimeRange;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What times some events span. */
final class Spans {

    private Spans() {}

    static TimeRange with(@Nullable TimeRange span, long time) {
        // The end of time has no successor.
        long end = time == Long.MAX_VALUE ? time : time + 1;
        return span == null
                ? new TimeRange(time, end)
                : new TimeRange(Math.min(span.from(), time), Math.max(span.to(), end));
    }

    static @Nullable TimeRange together(@Nullable TimeRange some, @Nullable TimeRange others) {
        if (some == null || others == null) {
            return some == null ? others : some;
        }
        return new TimeRange(
                Math.min(some.from(), others.from()), Math.max(some.to(), others.to()));
    }

    static String text(long time) {
        return Instant.ofEpochMilli(time).toString();
    }
}
