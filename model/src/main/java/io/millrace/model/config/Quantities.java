package io.millrace.model.config;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How numbers, time spans and sizes are written; each reader is empty for any other text. */
final class Quantities {

    static final String DURATION = "a duration such as 250ms, 2s, 5m, 1h or 7d";
    static final String BYTES = "a size such as 512KiB, 64MiB, 1GiB or plain bytes";

    private static final Pattern WHOLE = Pattern.compile("[-+]?[0-9]+");
    private static final Pattern NUMBER =
            Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
    private static final Pattern WITH_UNIT = Pattern.compile("([0-9]+)([A-Za-z]*)");

    private Quantities() {}

    static Optional<Long> wholeNumber(String text) {
        return WHOLE.matcher(text).matches() ? parseLong(text) : Optional.empty();
    }

    /** A finite number in decimal notation, with or without an exponent. */
    static Optional<Double> number(String text) {
        if (!NUMBER.matcher(text).matches()) {
            return Optional.empty();
        }
        double value = Double.parseDouble(text);
        return Double.isFinite(value) ? Optional.of(value) : Optional.empty();
    }

    static Optional<Duration> duration(String text) {
        Matcher matcher = WITH_UNIT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        return switch (matcher.group(2)) {
            case "ms" -> duration(matcher.group(1), ChronoUnit.MILLIS);
            case "s" -> duration(matcher.group(1), ChronoUnit.SECONDS);
            case "m" -> duration(matcher.group(1), ChronoUnit.MINUTES);
            case "h" -> duration(matcher.group(1), ChronoUnit.HOURS);
            case "d" -> duration(matcher.group(1), ChronoUnit.DAYS);
            default -> Optional.empty();
        };
    }

    static Optional<Long> bytes(String text) {
        Matcher matcher = WITH_UNIT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        return switch (matcher.group(2)) {
            case "" -> bytes(matcher.group(1), 1);
            case "KiB" -> bytes(matcher.group(1), 1L << 10);
            case "MiB" -> bytes(matcher.group(1), 1L << 20);
            case "GiB" -> bytes(matcher.group(1), 1L << 30);
            default -> Optional.empty();
        };
    }

    /** Empty as well when its milliseconds do not fit a long. */
    private static Optional<Duration> duration(String amount, ChronoUnit unit) {
        try {
            Duration duration = Duration.of(Long.parseLong(amount), unit);
            return duration.toMillis() >= 0 ? Optional.of(duration) : Optional.empty();
        } catch (NumberFormatException | ArithmeticException | DateTimeException tooLarge) {
            return Optional.empty();
        }
    }

    private static Optional<Long> bytes(String amount, long unit) {
        try {
            return Optional.of(Math.multiplyExact(Long.parseLong(amount), unit));
        } catch (NumberFormatException | ArithmeticException tooLarge) {
            return Optional.empty();
        }
    }

    private static Optional<Long> parseLong(String text) {
        try {
            return Optional.of(Long.parseLong(text));
        } catch (NumberFormatException tooLarge) {
            return Optional.empty();
        }
    }
}
