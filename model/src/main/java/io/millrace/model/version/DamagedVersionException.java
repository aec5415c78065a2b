package io.millrace.model.version;

/** A file of a version is missing, cut short, altered, or contradicts another file. */
public sealed class DamagedVersionException extends VersionException
        permits MissingParentException {

    public DamagedVersionException(String file, String reason) {
        super(file + ": " + reason);
    }

    public DamagedVersionException(String file, String reason, Throwable cause) {
        super(file + ": " + reason, cause);
    }
}
