package io.millrace.jobs.history.file;

import io.millrace.jobs.history.HistoryCursor;
import io.millrace.jobs.history.HistoryEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads a file that is in order. */
final class RowCursor implements HistoryCursor<HistoryEvent> {

    private final RowHistory history;
    private final Periods.Clock clock;
    private final RowReader reader;
    private final RowEvents events;

    RowCursor(RowHistory history) throws IOException {
        this.history = history;
        clock = history.periods().clock();
        events = new RowEvents(history.rows().origin());
        // The history has told of the bad rows.
        reader = new RowReader(history.rows(), history.fileEnd(), (file, line, problem) -> {});
    }

    @Override
    public @Nullable HistoryEvent next() throws IOException {
        while (events.isEmpty()) {
            Row row = reader.next();
            if (row == null) {
                return null;
            }
            long time = clock.next(row.time());
            if (time >= history.range().to()) {
                return null;
            }
            if (history.range().contains(time)) {
                events.add(row, time, reader.line().number());
            }
        }
        return events.next();
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
