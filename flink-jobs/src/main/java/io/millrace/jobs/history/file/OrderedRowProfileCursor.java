package io.millrace.jobs.history.file;

import io.millrace.jobs.history.HistoryCursor;
import io.millrace.jobs.history.HistoryProfile;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads the profiles of a file in which they are not in the order of their time. */
final class OrderedRowProfileCursor implements HistoryCursor<HistoryProfile> {

    private final RowProfiles profiles;
    private final OrderedRows rows;

    OrderedRowProfileCursor(RowHistory history, SortedRuns runs) throws IOException {
        profiles = new RowProfiles(history.rows().origin());
        rows = new OrderedRows(history, runs);
    }

    @Override
    public @Nullable HistoryProfile next() throws IOException {
        SortedRuns.Place place = rows.next();
        if (place == null) {
            return null;
        }
        Row.NamedProfile row = rows.read(place).profile();
        if (row == null) {
            throw rows.changed(place);
        }
        return profiles.of(row, place.line());
    }

    @Override
    public void close() throws IOException {
        rows.close();
    }
}
