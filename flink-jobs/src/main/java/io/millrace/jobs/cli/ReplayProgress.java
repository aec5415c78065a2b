package io.millrace.jobs.cli;

import io.millrace.jobs.cli.stream.HistoryFeed;
import io.millrace.jobs.history.TimeRange;
import io.millrace.jobs.history.file.EventCounts;
import io.millrace.jobs.history.file.FileHistory;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Says now and then how far a replay is. */
final class ReplayProgress implements HistoryFeed.Progress {

    private static final long EVERY_NANOS = Duration.ofSeconds(10).toNanos();

    private final long events;
    private final long end;
    private final double speed;
    private final LongSupplier nanos;
    private final Consumer<String> output;

    private final long begin;
    private long said;
    private EventCounts sent = EventCounts.NONE;
    private long reached;

    /**
     * @param speed infinity when it does not go by event times
     * @param nanos a clock
     */
    ReplayProgress(FileHistory history, double speed, LongSupplier nanos, Consumer<String> output) {
        events = history.size();
        TimeRange span = history.span();
        end = span == null ? 0 : span.to() - 1;
        this.speed = speed;
        this.nanos = nanos;
        this.output = output;
        begin = nanos.getAsLong();
        said = begin;
    }

    @Override
    public void reached(EventCounts nowSent, long time) {
        sent = nowSent;
        reached = time;
        long now = nanos.getAsLong();
        if (now - said >= EVERY_NANOS) {
            said = now;
            output.accept(line(now));
        }
    }

    /** The event time reached; meaningless before anything was sent. */
    long reached() {
        return reached;
    }

    private String line(long now) {
        double seconds = (now - begin) * 1e-9;
        double rate = sent.events() / seconds;
        double left =
                speed == Double.POSITIVE_INFINITY
                        ? (events - sent.events()) / rate
                        : (end - reached) / (1000 * speed);
        return String.format(
                Locale.ROOT,
                "%,d of %,d events sent, at %s; %,.0f events/s, %s left",
                sent.events(),
                events,
                Instant.ofEpochMilli(reached),
                rate,
                time(left));
    }

    /** A time span as people say it. */
    private static String time(double seconds) {
        if (!(seconds < Duration.ofDays(3650).toSeconds())) {
            return "years";
        }
        Duration span = Duration.ofSeconds(Math.round(seconds));
        if (span.toDays() > 0) {
            return span.toDays() + " d " + span.toHoursPart() + " h";
        }
        if (span.toHours() > 0) {
            return span.toHours() + " h " + span.toMinutesPart() + " min";
        }
        return span.toMinutes() > 0
                ? span.toMinutes() + " min " + span.toSecondsPart() + " s"
                : span.toSeconds() + " s";
    }
}
