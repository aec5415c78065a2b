package io.millrace.jobs.cli.backtest;

import io.millrace.model.evaluate.Estimate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers, times and spans as people read them. */
public final class Figures {

    static final String NONE = "-";

    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("yyyy-MM-dd", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter MILLISECOND =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private static final int DECIMALS = 4;
    private static final int MOST_DECIMALS = 7;
    private static final double LEAST_P = 0.001;

    private static final long SECOND_MILLIS = 1000;
    private static final long MINUTE_MILLIS = 60 * SECOND_MILLIS;
    private static final long HOUR_MILLIS = 60 * MINUTE_MILLIS;
    private static final long DAY_MILLIS = 24 * HOUR_MILLIS;

    private Figures() {}

    public static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** So many of something whose plural ends in s. */
    public static String count(long count, String one) {
        return count(count) + " " + one + (count == 1 ? "" : "s");
    }

    /** A metric; a dash where it is not defined. */
    static String metric(@Nullable Double value) {
        return value == null ? NONE : String.format(Locale.ROOT, "%." + DECIMALS + "f", value);
    }

    /** The 95% interval of a metric; empty where there is none. */
    static String interval(@Nullable Estimate estimate) {
        if (estimate == null || estimate.low() == null || estimate.high() == null) {
            return "";
        }
        return metric(estimate.low()) + " to " + metric(estimate.high());
    }

    /** The same in fewer characters. */
    static String shortInterval(@Nullable Estimate estimate) {
        return interval(estimate).replace(" to ", "..");
    }

    /** A difference without its sign, with as many decimals as it takes to see two digits. */
    static String difference(double difference) {
        double size = Math.abs(difference);
        int decimals = DECIMALS;
        while (decimals < MOST_DECIMALS && size > 0 && size < Math.pow(10, 1 - decimals)) {
            decimals++;
        }
        return String.format(Locale.ROOT, "%." + decimals + "f", size);
    }

    /** A difference with its sign. */
    static String signed(double difference) {
        return (difference < 0 ? "\u2212" : "+") + difference(difference);
    }

    /** A p-value with its sign of equality. */
    static String p(double p) {
        return p < LEAST_P
                ? "p < " + LEAST_P
                : String.format(Locale.ROOT, p < 0.1 ? "p = %.3f" : "p = %.2f", p);
    }

    /** A time in UTC, as short as it can be told. */
    public static String time(long millis) {
        Instant instant = Instant.ofEpochMilli(millis);
        DateTimeFormatter format =
                millis % SECOND_MILLIS != 0
                        ? MILLISECOND
                        : millis % MINUTE_MILLIS != 0
                                ? SECOND
                                : millis % DAY_MILLIS != 0 ? MINUTE : DAY;
        return format.format(instant);
    }

    /** The minute of a time, in UTC. */
    static String minute(long millis) {
        return MINUTE.format(Instant.ofEpochMilli(millis));
    }

    /** A span of time as the pipeline file writes it. */
    public static String span(long millis) {
        if (millis % DAY_MILLIS == 0) {
            return millis / DAY_MILLIS + "d";
        }
        if (millis % HOUR_MILLIS == 0) {
            return millis / HOUR_MILLIS + "h";
        }
        if (millis % MINUTE_MILLIS == 0) {
            return millis / MINUTE_MILLIS + "m";
        }
        return millis % SECOND_MILLIS == 0 ? millis / SECOND_MILLIS + "s" : millis + "ms";
    }

    /** A time that is waited for. */
    static String wait(Duration wait) {
        long seconds = wait.toSeconds();
        if (seconds < 60) {
            return seconds + " s";
        }
        return seconds < 3600
                ? String.format(Locale.ROOT, "%d min %02d s", seconds / 60, seconds % 60)
                : String.format(Locale.ROOT, "%d h %02d min", seconds / 3600, seconds / 60 % 60);
    }

    /** When serving weights follow, in words. */
    static String sync(String sync) {
        return switch (sync) {
            case "0" -> "at once";
            case "never" -> "never";
            default -> "every " + sync;
        };
    }
}
