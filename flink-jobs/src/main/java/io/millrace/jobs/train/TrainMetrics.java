package io.millrace.jobs.train;

/** Names of the metrics that training reports to Flink. */
public final class TrainMetrics {

    /** Examples learned from since this attempt of the trainer began. */
    public static final String TRAINED_EXAMPLES = "trainedExamples";

    /**
     * Milliseconds that this trainer stood still after barriers since its attempt began: from the
     * first pull after each to its answer, while the shards save what changed.
     */
    public static final String CHECKPOINT_PAUSE = "checkpointPauseMillis";

    /** Micro-batches pulled and not yet pushed. */
    public static final String BATCHES_IN_FLIGHT = "batchesInFlight";

    /** Rows in the shard's cache. */
    public static final String CACHED_ROWS = "cachedRows";

    /** Rows found in the cache. */
    public static final String CACHE_HITS = "cacheHits";

    /** Rows looked up in state because the cache did not hold them. */
    public static final String CACHE_MISSES = "cacheMisses";

    /** Examples predicted and learned since the model began; each counted once, whatever failed. */
    public static final String EXAMPLES = "examples";

    private TrainMetrics() {}
}
