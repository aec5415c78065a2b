package io.millrace.model.version;

import io.millrace.schemas.codec.Printable;
import java.io.IOException;

/** What keeps a version from being read or written; the message names the file and the reason. */
public abstract sealed class VersionException extends IOException
        permits DamagedVersionException, IncompatibleVersionException, VersionConflictException {

    VersionException(String message) {
        super(Printable.of(message));
    }

    VersionException(String message, Throwable cause) {
        super(Printable.of(message), cause);
    }
}
