package io.millrace.jobs.score;

/** Names of the scoring job's metrics. */
public final class ScoreMetrics {

    /** Requests that an answer was made for, whatever it says. */
    public static final String ANSWERED_REQUESTS = "answeredRequests";

    /** Versions that were not fit to serve. */
    public static final String REFUSED_VERSIONS = "refusedVersions";

    /** The version that answers; none before the first. */
    public static final String SERVED_VERSION = "servedVersion";

    private ScoreMetrics() {}
}
