package io.millrace.jobs.train;

/**
 * Weights that the shards have frozen.
 *
 * @param series index of the sync among the {@linkplain SyncSettings#lagging lagging} ones
 * @param epoch of that sync, or {@link io.millrace.model.parameter.FrozenWeights#START}
 */
record FrozenId(int series, long epoch) {}
