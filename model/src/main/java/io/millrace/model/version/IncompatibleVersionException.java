package io.millrace.model.version;

/** A version is intact but in a format, or of a model, that this code cannot read. */
public final class IncompatibleVersionException extends VersionException {

    public IncompatibleVersionException(String file, String reason) {
        super(file + ": " + reason);
    }

    public IncompatibleVersionException(String file, String reason, Throwable cause) {
        super(file + ": " + reason, cause);
    }
}
