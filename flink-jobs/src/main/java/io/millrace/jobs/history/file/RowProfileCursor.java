package io.millrace.jobs.history.file;

import io.millrace.jobs.history.HistoryCursor;
import io.millrace.jobs.history.HistoryProfile;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads the profiles among a file's rows, in the order of the file. */
final class RowProfileCursor implements HistoryCursor<HistoryProfile> {

    private final RowProfiles profiles;
    private final long before;
    private final RowReader reader;

    RowProfileCursor(RowHistory history) throws IOException {
        profiles = new RowProfiles(history.rows().origin());
        before = history.range().to();
        // The history has told of the bad rows.
        reader = new RowReader(history.rows(), history.fileEnd(), (file, line, problem) -> {});
    }

    @Override
    public @Nullable HistoryProfile next() throws IOException {
        Row.NamedProfile row = reader.nextProfile();
        while (row != null && row.profile().getTimestamp() >= before) {
            row = reader.nextProfile();
        }
        return row == null ? null : profiles.of(row, reader.line().number());
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
