package io.millrace.jobs.cli;

import io.millrace.jobs.history.TimeRange;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which recorded events are wanted, by event time. */
final class RangeOptions {

    @Option(
            names = "--from",
            paramLabel = "TIME",
            description = "The first event time: a date, or a moment such as 2014-10-21T06:30:00Z.")
    private @Nullable Instant from;

    @Option(
            names = "--to",
            paramLabel = "TIME",
            description = "The event time to stop before: a date, or a moment.")
    private @Nullable Instant to;

    /** What is not said is not bounded. */
    TimeRange range() {
        if (from != null && to != null && !from.isBefore(to)) {
            throw new UsageException(
                    "--from %s must be before --to %s, which is not part of it"
                            .formatted(from, to));
        }
        return new TimeRange(
                from == null ? TimeRange.ALL.from() : from.toEpochMilli(),
                to == null ? TimeRange.ALL.to() : to.toEpochMilli());
    }
}
