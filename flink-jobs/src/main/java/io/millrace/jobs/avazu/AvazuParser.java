package io.millrace.jobs.avazu;

import io.millrace.jobs.history.file.BadRowException;
import io.millrace.jobs.history.file.Line;
import io.millrace.jobs.history.file.Row;
import io.millrace.jobs.history.file.RowParser;
import io.millrace.jobs.history.file.ShownRow;
import io.millrace.schemas.Impression;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;

/** Reads the rows of a file with these columns. */
final class AvazuParser implements RowParser {

    private static final String ANONYMOUS = "a99f214a";
    private static final int CENTURY = 2000;

    private final AvazuColumns columns;
    private final String expected;
    private final int id;
    private final int click;
    private final int hour;
    private final boolean[] isNumber;

    private long lastHour = -1;
    private long lastTime;

    AvazuParser(AvazuColumns columns) {
        this.columns = columns;
        expected =
                "%d values separated by commas, with click 0 or 1, hour as YYMMDDHH, and whole"
                                .formatted(columns.names().size())
                        + " numbers where they are not hashed";
        id = columns.indexOf(AvazuColumns.ID);
        click = columns.indexOf(AvazuColumns.CLICK);
        hour = columns.indexOf(AvazuColumns.HOUR);
        isNumber = new boolean[columns.names().size()];
        for (int i = 0; i < isNumber.length; i++) {
            isNumber[i] = AvazuColumns.isNumber(columns.names().get(i));
        }
    }

    @Override
    public Row parse(Line line) throws BadRowException {
        try {
            if (line.cut(",") == isNumber.length && !line.isEmpty(id)) {
                for (int i = 0; i < isNumber.length; i++) {
                    if (isNumber[i] && !line.isEmpty(i)) {
                        var unused = line.whole(i);
                    }
                }
                long clicks = line.whole(click);
                if (clicks == 0 || clicks == 1) {
                    return new AvazuRow(line, time(line.whole(hour)), clicks == 1);
                }
            }
        } catch (NumberFormatException | DateTimeException e) {
            // Answered below.
        }
        throw BadRowException.odd(line, expected);
    }

    /** The begin of an hour, milliseconds since the epoch. */
    private long time(long digits) {
        if (digits != lastHour) {
            if (digits < 0 || digits >= 100_000_000) {
                throw new DateTimeException("there is no hour " + digits);
            }
            LocalDateTime begin =
                    LocalDateTime.of(
                            CENTURY + (int) (digits / 1_000_000),
                            (int) (digits / 10_000 % 100),
                            (int) (digits / 100 % 100),
                            (int) (digits % 100),
                            0);
            lastTime = begin.toInstant(ZoneOffset.UTC).toEpochMilli();
            lastHour = digits;
        }
        return lastTime;
    }

    private final class AvazuRow implements ShownRow {

        private final Line line;
        private final long time;
        private final boolean isClicked;

        AvazuRow(Line line, long time, boolean isClicked) {
            this.line = line;
            this.time = time;
            this.isClicked = isClicked;
        }

        @Override
        public long time() {
            return time;
        }

        @Override
        public boolean isClicked() {
            return isClicked;
        }

        @Override
        public Impression impression(long shown) {
            return new Impression(
                    line.text(id), shown, user(), text(AvazuColumns.ITEM), features());
        }

        private String user() {
            String device = text(AvazuColumns.DEVICE);
            return device.equals(ANONYMOUS) || device.isEmpty()
                    ? text(AvazuColumns.ADDRESS) + "-" + text(AvazuColumns.MODEL)
                    : device;
        }

        private Map<String, Object> features() {
            Map<String, Object> features = new HashMap<>();
            for (int i = 0; i < isNumber.length; i++) {
                String name = columns.names().get(i);
                if (AvazuColumns.isFeature(name) && !line.isEmpty(i)) {
                    Object value = isNumber[i] ? (Object) line.whole(i) : line.text(i);
                    features.put(name, value);
                }
            }
            return features;
        }

        private String text(String column) {
            return line.text(columns.indexOf(column));
        }
    }
}
