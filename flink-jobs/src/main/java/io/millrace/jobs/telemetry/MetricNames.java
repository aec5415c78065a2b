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

    /** Counter: examples made of impressions whose window ended without a click. */
    public static final String NEGATIVES = "negatives";

    /** Counter: clicks without an open impression, which are dead letters. */
    public static final String UNMATCHED_CLICKS = "unmatchedClicks";

    /**
     * Gauge: impressions that are neither clicked nor past their window. A rescaled job counts them
     * right only in the sum over its subtasks.
     */
    public static final String WAITING_IMPRESSIONS = "waitingImpressions";

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

    private MetricNames() {}
}
