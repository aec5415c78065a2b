package io.millrace.jobs.cli;

import io.millrace.jobs.history.History;
import io.millrace.jobs.history.HistoryCursor;
import io.millrace.jobs.history.HistoryEvent;
import java.io.IOException;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.TypeConversionException;

/** From which event on predictions are judged; what comes before is only learned from. */
sealed interface JudgeFrom {

    /** From an instant of event time. */
    record At(long millis) implements JudgeFrom {}

    /** When this share of the events has gone by. */
    record Share(double share) implements JudgeFrom {}

    Pattern PERCENT = Pattern.compile("([0-9]{1,2}(?:\\.[0-9]{1,9})?)%");

    /** Reads an instant, a date, or a percentage below 100. */
    static JudgeFrom parse(String text) {
        Matcher percent = PERCENT.matcher(text);
        if (percent.matches()) {
            return new Share(Double.parseDouble(percent.group(1)) / 100);
        }
        try {
            return new At(new InstantConverter().convert(text).toEpochMilli());
        } catch (TypeConversionException e) {
            throw new UsageException(
                    "--judge-from: expected a share of the events below 100% such as 50%, an"
                            + " instant such as 1998-02-01T12:00:00Z or a date such as 1998-02-01,"
                            + " found \""
                            + text
                            + "\"");
        }
    }

    /**
     * The instant, milliseconds since the epoch.
     *
     * @throws UsageException when no event would be judged
     */
    default long in(History history) throws IOException {
        long before = this instanceof Share part ? (long) (part.share() * history.count()) : 0;
        try (HistoryCursor<HistoryEvent> events = history.open()) {
            return this instanceof At at ? at(at.millis(), events) : after(before, events);
        }
    }

    private static long at(long millis, HistoryCursor<HistoryEvent> events) throws IOException {
        long last = Long.MIN_VALUE;
        for (HistoryEvent event = events.next(); event != null; event = events.next()) {
            last = event.time();
            if (last >= millis) {
                return millis;
            }
        }
        throw new UsageException(
                "--judge-from "
                        + Instant.ofEpochMilli(millis)
                        + ": nothing would be judged, the last event is of "
                        + Instant.ofEpochMilli(last));
    }

    private static long after(long count, HistoryCursor<HistoryEvent> events) throws IOException {
        @Nullable HistoryEvent next = events.next();
        if (next == null) {
            throw new UsageException("--input has no events");
        }
        long time = next.time();
        for (long passed = 0; passed < count && next != null; passed++) {
            next = events.next();
            time = next == null ? time : next.time();
        }
        return time;
    }
}
