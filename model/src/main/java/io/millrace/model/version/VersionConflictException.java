package io.millrace.model.version;

/** Another history of the same model has already written this version with different content. */
public final class VersionConflictException extends VersionException {

    VersionConflictException(String file, long version) {
        super(
                file
                        + ": version "
                        + version
                        + " was already written with different content by another history of this "
                        + "model; publish under another model name, or delete that version first");
    }
}
