package io.millrace.jobs.history.file;

import io.millrace.jobs.history.HistoryProfile;
import io.millrace.jobs.source.Origin;
import io.millrace.schemas.Profile;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;

/** Makes profiles of rows. */
final class RowProfiles {

    private final EventCodec<Profile> codec = EventCodec.of(Profile.class, EventFormat.AVRO);
    private final String file;

    RowProfiles(String file) {
        this.file = file;
    }

    HistoryProfile of(Row.NamedProfile row, long line) {
        long time = row.profile().getTimestamp();
        return new HistoryProfile(
                row.name(), new Origin(file, 0, line, time), codec.encode(row.profile()));
    }
}
