package io.millrace.jobs.history.file;

import io.millrace.jobs.history.HistoryCursor;
import io.millrace.jobs.history.HistoryEvent;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads a file that is not in order, row by row as the order says. */
final class OrderedRowCursor implements HistoryCursor {

    private final String file;
    private final RowParser parser;
    private final RowEvents events;
    private final LineReader lines;
    private final SortedRuns.Merge order;

    OrderedRowCursor(RowHistory history, SortedRuns runs) throws IOException {
        RowFormat format = history.rows();
        file = format.file();
        parser = format.open();
        events = new RowEvents(format.origin());
        lines = LineReader.anywhere(Path.of(file), history.fileEnd());
        try {
            order = runs.open();
        } catch (IOException e) {
            lines.close();
            throw e;
        }
    }

    @Override
    public @Nullable HistoryEvent next() throws IOException {
        if (events.isEmpty()) {
            SortedRuns.Place place = order.next();
            if (place == null) {
                return null;
            }
            if (!lines.read(place.offset(), place.line())) {
                throw changed(place);
            }
            try {
                events.add(parser.parse(lines.line()), place.time(), place.line());
            } catch (BadRowException e) {
                throw changed(place);
            }
        }
        return events.next();
    }

    @Override
    public void close() throws IOException {
        try (lines;
                order) {
            // Both are closed, whatever becomes of the other.
        }
    }

    private IOException changed(SortedRuns.Place place) {
        return new IOException(
                "%s has changed since it was looked at: line %d is another"
                        .formatted(file, place.line()));
    }
}
