package io.millrace.jobs.history.file;

import io.millrace.jobs.history.HistoryEvent;
import io.millrace.schemas.Profile;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** What a line of a file says: events, or a profile; valid until the next line is read. */
public interface Row {

    /** Event time, milliseconds since the epoch; of rows that are spread, the period's begin. */
    long time();

    /** Rows of the same time are in the order of this; equal ones stay as they are in the file. */
    default long tie() {
        return 0;
    }

    /** What its events are. */
    List<HistoryEvent.Kind> kinds();

    /** Its events, as many as kinds, all of the same time. */
    List<SpecificRecord> events(long time);

    /** The profile that it is; null when it is events. */
    default @Nullable NamedProfile profile() {
        return null;
    }

    /**
     * What a profile says of a key.
     *
     * @param name of the profile
     */
    record NamedProfile(String name, Profile profile) {}
}
