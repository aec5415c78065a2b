package io.millrace.jobs.history.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads a file that is not in order, row by row as the order says. */
final class OrderedRows implements Closeable {

    private final String file;
    private final RowParser parser;
    private final LineReader lines;
    private final SortedRuns.Merge order;

    OrderedRows(RowHistory history, SortedRuns runs) throws IOException {
        RowFormat format = history.rows();
        file = format.file();
        parser = format.open();
        lines = LineReader.anywhere(Path.of(file), history.fileEnd());
        try {
            order = runs.open();
        } catch (IOException e) {
            lines.close();
            throw e;
        }
    }

    /** Where the next row is; null after the last. */
    SortedRuns.@Nullable Place next() throws IOException {
        return order.next();
    }

    /** The row that is there; valid until the next one is read. */
    Row read(SortedRuns.Place place) throws IOException {
        if (!lines.read(place.offset(), place.line())) {
            throw changed(place);
        }
        try {
            return parser.parse(lines.line());
        } catch (BadRowException e) {
            throw changed(place);
        }
    }

    /** Says that another row is there than when the file was looked at. */
    IOException changed(SortedRuns.Place place) {
        return new IOException(
                "%s has changed since it was looked at: line %d is another"
                        .formatted(file, place.line()));
    }

    @Override
    public void close() throws IOException {
        try (lines;
                order) {
            // Both are closed, whatever becomes of the other.
        }
    }
}
