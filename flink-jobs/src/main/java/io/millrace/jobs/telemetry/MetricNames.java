package io.millrace.jobs.telemetry;

/**
 * Names of the metrics that the jobs register with Flink, by operator. They are a public contract:
 * dashboards and alerts know them. docs/metrics.md says what each one means and what to do about
 * it.
 *
 * <p>What rises does so from 0 in each attempt of a task. The prequential metrics are named by
 * {@link io.millrace.model.metric.MetricSet}.
 */
public final class MetricNames {

    // -- route, behind each source

    /** Counter: records that were set aside. */
    public static final String DEAD_LETTERS = "deadLetters";

    /** Label of {@link #DEAD_LETTERS}, by which they are counted once more. */
    public static final String REASON = "reason";

    // -- label

    /** Counter: examples made of impressions with a click. */
    public static final String POSITIVES = "positives";

    /**
     * Counter: negatives to learn from: of impressions whose window ended without a click, or of
     * all impressions where the policy does not wait.
     */
    public static final String NEGATIVES = "negatives";

    /** Counter: late clicks that replaced the negative of their impression. */
    public static final String CORRECTIONS = "corrections";

    /** Counter: negatives that sampling dropped. */
    public static final String UNSAMPLED_NEGATIVES = "unsampledNegatives";

    /** Counter: impressions that had come before, and were dropped. */
    public static final String DUPLICATE_IMPRESSIONS = "duplicateImpressions";

    /** Counter: clicks on an impression that another click decided, and that were dropped. */
    public static final String DUPLICATE_CLICKS = "duplicateClicks";

    /** Counter: impressions whose late window was over when they came, which are dead letters. */
    public static final String LATE_IMPRESSIONS = "lateImpressions";

    /** Counter: clicks after the late window of their impression, which are dead letters. */
    public static final String LATE_CLICKS = "lateClicks";

    /** Counter: clicks without an impression, which are dead letters. */
    public static final String UNMATCHED_CLICKS = "unmatchedClicks";

    /**
     * Gauge: impressions that are neither clicked nor past their window, which is the late window
     * where the policy does not wait. A rescaled job counts them right only in the sum over its
     * subtasks.
     */
    public static final String WAITING_IMPRESSIONS = "waitingImpressions";

    // -- feature rows

    /** Counter: what came behind the watermark, and was applied to a row as it was by then. */
    public static final String LATE_FEATURE_EVENTS = "lateFeatureEvents";

    // -- assemble

    /** Counter: labels of events whose stream features were no longer known. */
    public static final String INCOMPLETE_EXAMPLES = "incompleteExamples";

    // -- trainer

    /** Gauge: examples learned from since this attempt of the trainer began. */
    public static final String TRAINED_EXAMPLES = "trainedExamples";

    /** Gauge: micro-batches pulled and not yet pushed. */
    public static final String BATCHES_IN_FLIGHT = "batchesInFlight";

    /** Histogram: microseconds from a micro-batch's pulls to the last of their replies. */
    public static final String PULL_ROUND_TRIP = "pullRoundTripMicros";

    /** Histogram: microseconds of a micro-batch's forward and backward passes. */
    public static final String LEARN = "learnMicros";

    /**
     * Gauge: milliseconds that this trainer stood still after barriers since its attempt began:
     * from the first pull after each to its answer, while the shards save what changed.
     */
    public static final String CHECKPOINT_PAUSE = "checkpointPauseMillis";

    // -- parameter shard

    /** Gauge: rows in the shard's cache. */
    public static final String CACHED_ROWS = "cachedRows";

    /** Gauge: rows found in the cache since the attempt began. */
    public static final String CACHE_HITS = "cacheHits";

    /** Gauge: rows looked up in state because the cache did not hold them. */
    public static final String CACHE_MISSES = "cacheMisses";

    /** Gauge: values that began to be counted since the attempt began. */
    public static final String CANDIDATES = "candidates";

    /** Gauge: values that were given a row of their own since the attempt began. */
    public static final String ADMITTED = "admitted";

    /** Gauge: rows that were removed, having expired, since the attempt began. */
    public static final String EXPIRED = "expired";

    // -- prequential

    /**
     * Gauge: examples predicted and learned since the model began; each counted once, whatever
     * failed.
     */
    public static final String EXAMPLES = "examples";

    /** Group of the prequential metrics of the last report alone. */
    public static final String WINDOW = "window";

    // -- versions

    /** Gauge: the newest version that was announced; 0 before the first. */
    public static final String PUBLISHED_VERSION = "publishedVersion";

    /** Gauge: milliseconds since that version was made, or since the start when there is none. */
    public static final String PUBLISHED_VERSION_AGE = "publishedVersionAgeMillis";

    /** Gauge: milliseconds from that version's watermark, which is event time, to now. */
    public static final String PUBLISHED_FRESHNESS = "publishedFreshnessMillis";

    /** Counter: exports, compactions and retentions that failed. */
    public static final String UPKEEP_FAILURES = "upkeepFailures";

    // -- score

    /** Counter: requests that an answer was made for, whatever it says. */
    public static final String ANSWERED_REQUESTS = "answeredRequests";

    /** Counter: those of them whose answer has no scores. */
    public static final String UNSCORED_REQUESTS = "unscoredRequests";

    /** Histogram: milliseconds from a request's time in Kafka to its answer. */
    public static final String SCORING_LATENCY = "scoringLatencyMillis";

    /** Gauge: the version that answers; none before the first. */
    public static final String SERVED_VERSION = "servedVersion";

    /** Gauge: milliseconds since that version was made. */
    public static final String SERVED_VERSION_AGE = "servedVersionAgeMillis";

    /** Gauge: milliseconds from that version's watermark, which is event time, to now. */
    public static final String SERVED_FRESHNESS = "servedFreshnessMillis";

    /** Counter: versions that were not fit to serve. */
    public static final String REFUSED_VERSIONS = "refusedVersions";

    /** Gauge: rows of stream features and profiles that the scorer has in memory. */
    public static final String FEATURE_ROWS = "featureRows";

    /** Counter: records of the topic of features that are no rows. */
    public static final String DAMAGED_FEATURE_ROWS = "damagedFeatureRows";

    private MetricNames() {}
}
