package io.millrace.jobs.criteo;

import io.millrace.jobs.history.file.BadRowException;
import io.millrace.jobs.history.file.Line;
import io.millrace.jobs.history.file.Row;
import io.millrace.jobs.history.file.RowFormat;
import io.millrace.jobs.history.file.RowParser;
import io.millrace.jobs.history.file.ShownRow;
import io.millrace.schemas.Impression;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Criteo's display advertising data in its raw format: a label, 13 whole numbers and 26 categories
 * that were hashed to 8 hexadecimal digits, separated by tabs; any value but the label may be
 * missing. A row is an impression with the features {@code I1} to {@code I13} (whole numbers, some
 * are negative) and {@code C1} to {@code C26} (text), missing ones absent, and, if it was clicked,
 * a click at the same time.
 *
 * <p>The rows have no time. They are "a portion of Criteo's traffic over a period of 7 days", "the
 * examples are chronologically ordered"; so they are spread evenly over 7 days, in the order of the
 * file. The days are not known either: they begin on {@code 2014-06-01T00:00:00Z}.
 *
 * <p>What the categories mean has never been told. No user or item is known, so both are {@code
 * unknown} in all rows.
 *
 * @see <a href="https://www.kaggle.com/c/criteo-display-ad-challenge/data">Display Advertising
 *     Challenge, 2014</a>
 */
public record Criteo(String file) implements RowFormat {

    static final Instant BEGIN = Instant.parse("2014-06-01T00:00:00Z");

    private static final Duration SAMPLED = Duration.ofDays(7);
    private static final String UNKNOWN = "unknown";
    private static final int NUMBERS = 13;
    private static final int CATEGORIES = 26;
    private static final int FIELDS = 1 + NUMBERS + CATEGORIES;
    private static final String LINE =
            "a label 0 or 1, 13 whole numbers and 26 categories, separated by tabs";

    /** Whether a line of a file is such a row. */
    public static boolean isRow(Line line) {
        try {
            var unused = check(line);
            return true;
        } catch (BadRowException e) {
            return false;
        }
    }

    @Override
    public String name() {
        return "Criteo " + file;
    }

    @Override
    public long period() {
        return SAMPLED.toMillis();
    }

    @Override
    public RowParser open() {
        return Criteo::check;
    }

    private static Row check(Line line) throws BadRowException {
        try {
            if (line.cut("\t") == FIELDS) {
                long label = line.whole(0);
                for (int i = 1; i <= NUMBERS; i++) {
                    if (!line.isEmpty(i)) {
                        var unused = line.whole(i);
                    }
                }
                if (label == 0 || label == 1) {
                    return new CriteoRow(line, label == 1);
                }
            }
        } catch (NumberFormatException e) {
            // Answered below.
        }
        throw BadRowException.odd(line, LINE);
    }

    private record CriteoRow(Line line, boolean isClicked) implements ShownRow {

        @Override
        public long time() {
            return BEGIN.toEpochMilli();
        }

        @Override
        public Impression impression(long time) {
            return new Impression("criteo-" + line.number(), time, UNKNOWN, UNKNOWN, features());
        }

        private Map<String, Object> features() {
            Map<String, Object> features = new HashMap<>();
            for (int i = 1; i <= NUMBERS; i++) {
                if (!line.isEmpty(i)) {
                    features.put("I" + i, line.whole(i));
                }
            }
            for (int i = 1; i <= CATEGORIES; i++) {
                if (!line.isEmpty(NUMBERS + i)) {
                    features.put("C" + i, line.text(NUMBERS + i));
                }
            }
            return features;
        }
    }
}
