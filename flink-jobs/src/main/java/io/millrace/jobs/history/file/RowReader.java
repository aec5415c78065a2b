package io.millrace.jobs.history.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads the rows of a file in its order; passes over headers, blank lines and bad rows. */
final class RowReader implements Closeable {

    private final RowParser parser;
    private final LineReader lines;
    private final int headerLines;
    private final BadRows badRows;
    private final String origin;

    /**
     * @param fileEnd the length that the file is taken to have
     * @param badRows told of every one
     */
    RowReader(RowFormat format, long fileEnd, BadRows badRows) throws IOException {
        parser = format.open();
        headerLines = format.headerLines();
        origin = format.origin();
        this.badRows = badRows;
        lines = LineReader.inOrder(Path.of(format.file()), fileEnd);
    }

    /** The next row of events; null after the last. */
    @Nullable Row next() throws IOException {
        Row row = nextOfAny();
        while (row != null && row.profile() != null) {
            row = nextOfAny();
        }
        return row;
    }

    /** The next row that is a profile; null after the last. */
    Row.@Nullable NamedProfile nextProfile() throws IOException {
        Row row = nextOfAny();
        while (row != null && row.profile() == null) {
            row = nextOfAny();
        }
        return row == null ? null : row.profile();
    }

    /** The next row; null after the last. */
    @Nullable Row nextOfAny() throws IOException {
        while (lines.next()) {
            Line line = lines.line();
            if (line.number() > headerLines && !line.isBlank()) {
                try {
                    return parser.parse(line);
                } catch (BadRowException e) {
                    badRows.found(origin, line.number(), e.getMessage());
                }
            }
        }
        return null;
    }

    /** The line of the row that was read last. */
    Line line() {
        return lines.line();
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
