package io.millrace.jobs.version;

import io.millrace.model.version.Manifest;
import java.io.IOException;
import java.io.Serializable;

/** Tells the world of a complete version. To repeat an announcement is harmless. */
public interface VersionAnnouncer extends AutoCloseable {

    /** Returns once the announcement is durable. */
    void announce(Manifest manifest) throws IOException;

    @Override
    void close();

    /** Makes an announcer where the committer runs. */
    interface Factory extends Serializable {
        VersionAnnouncer open();
    }
}
