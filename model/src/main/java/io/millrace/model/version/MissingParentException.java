package io.millrace.model.version;

/** A delta's parent is not in the storage, so the delta cannot be applied. */
public final class MissingParentException extends DamagedVersionException {

    private final long parent;

    MissingParentException(String file, long version, long parent) {
        super(
                file,
                "version "
                        + version
                        + " is a delta to version "
                        + parent
                        + ", which has no manifest here");
        this.parent = parent;
    }

    /** The version that is missing. */
    public long parent() {
        return parent;
    }
}
