package io.millrace.jobs.cli.demo;

import io.millrace.jobs.cli.measure.Quantiles;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Numbers as people read them. */
final class Figures {

    private static final double SECOND = 1000;
    private static final String UNKNOWN = "-";

    private Figures() {}

    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    static String rate(double perSecond) {
        return count(Math.round(perSecond));
    }

    /** Four decimals, or a dash for a metric that is not defined. */
    static String metric(Map<String, Double> metrics, String name) {
        @Nullable Double value = metrics.get(name);
        return value == null ? UNKNOWN : String.format(Locale.ROOT, "%.4f", value);
    }

    static String millis(double millis) {
        if (Double.isNaN(millis)) {
            return UNKNOWN;
        }
        return millis < SECOND
                ? String.format(Locale.ROOT, "%.0f ms", millis)
                : String.format(Locale.ROOT, "%.1f s", millis / SECOND);
    }

    static String age(Duration age) {
        return millis((double) age.toMillis());
    }

    static String seconds(Duration duration) {
        return duration.toSeconds() + " s";
    }

    static String quantiles(Quantiles quantiles) {
        return String.format("p50 %-8s p99 %-8s", millis(quantiles.p50()), millis(quantiles.p99()));
    }
}
