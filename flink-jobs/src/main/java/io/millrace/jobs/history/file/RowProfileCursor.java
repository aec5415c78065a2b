package io.millrace.jobs.history.file;

import io.millrace.jobs.history.HistoryProfile;
import io.millrace.jobs.history.ProfileCursor;
import io.millrace.jobs.source.Origin;
import io.millrace.schemas.Profile;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads the profiles among a file's rows, in the order of the file. */
final class RowProfileCursor implements ProfileCursor {

    private final EventCodec<Profile> codec = EventCodec.of(Profile.class, EventFormat.AVRO);
    private final String file;
    private final long before;
    private final RowReader reader;

    RowProfileCursor(RowHistory history) throws IOException {
        file = history.rows().origin();
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
        if (row == null) {
            return null;
        }
        long time = row.profile().getTimestamp();
        return new HistoryProfile(
                row.name(),
                new Origin(file, 0, reader.line().number(), time),
                codec.encode(row.profile()));
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
