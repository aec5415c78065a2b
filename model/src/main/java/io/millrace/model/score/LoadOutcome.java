package io.millrace.model.score;

/** What came of loading a version. */
public sealed interface LoadOutcome {

    /** The version in question. */
    long version();

    /**
     * The version is live now.
     *
     * @param version that was loaded
     * @param incremental true when only what has changed since the version before was read
     */
    record Loaded(long version, boolean incremental) implements LoadOutcome {}

    /** The version was live already. */
    record Already(long version) implements LoadOutcome {}

    /**
     * The version cannot be served; the one before stays live.
     *
     * @param version that was refused
     * @param reason names the file and what is wrong with it
     */
    record Refused(long version, String reason) implements LoadOutcome {}
}
