package io.millrace.jobs.history.file;

import io.millrace.jobs.history.HistoryCursor;
import io.millrace.jobs.history.HistoryEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads the events of a file that is not in order. */
final class OrderedRowCursor implements HistoryCursor<HistoryEvent> {

    private final RowEvents events;
    private final OrderedRows rows;

    OrderedRowCursor(RowHistory history, SortedRuns runs) throws IOException {
        events = new RowEvents(history.rows().origin());
        rows = new OrderedRows(history, runs);
    }

    @Override
    public @Nullable HistoryEvent next() throws IOException {
        if (events.isEmpty()) {
            SortedRuns.Place place = rows.next();
            if (place == null) {
                return null;
            }
            events.add(rows.read(place), place.time(), place.line());
        }
        return events.next();
    }

    @Override
    public void close() throws IOException {
        rows.close();
    }
}
