package io.millrace.jobs.avazu;

import io.millrace.jobs.history.file.Line;
import io.millrace.jobs.history.file.LineReader;
import io.millrace.jobs.history.file.RowFormat;
import io.millrace.jobs.history.file.RowParser;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Avazu's click log in its raw format, CSV whose first line names the columns. A row is an
 * impression and, if it was clicked, a click at the same time.
 *
 * <p>The time is known to the hour, as YYMMDDHH in UTC; so the rows of an hour are spread evenly
 * over it, in the order of the file. All columns but {@code id}, {@code click} and {@code hour} are
 * features under their names: those that were hashed are text, the others whole numbers; empty ones
 * are absent.
 *
 * <p>The user is the {@code device_id}; where that is {@code a99f214a}, which stands for all
 * devices that gave none, it is {@code device_ip-device_model}. The item is {@code C14}, the finest
 * of the anonymised columns that go with the advertisement. The impression's id is the {@code id}.
 *
 * @see <a href="https://www.kaggle.com/c/avazu-ctr-prediction/data">Click-Through Rate Prediction,
 *     2014</a>
 * @see <a href="https://github.com/ycjuan/kaggle-avazu">The solution that won</a>, for who a user
 *     is
 */
public record Avazu(String file) implements RowFormat {

    /** Whether a line of a file is such a header. */
    public static boolean isHeader(Line line) {
        return AvazuColumns.of(line).areComplete();
    }

    @Override
    public String name() {
        return "Avazu " + file;
    }

    @Override
    public int headerLines() {
        return 1;
    }

    @Override
    public long period() {
        return Duration.ofHours(1).toMillis();
    }

    @Override
    public RowParser open() throws IOException {
        try (LineReader lines = LineReader.inOrder(Path.of(file))) {
            if (lines.next() && isHeader(lines.line())) {
                return new AvazuParser(AvazuColumns.of(lines.line()));
            }
        }
        throw new IOException("its first line is not " + AvazuColumns.EXPECTED);
    }
}
