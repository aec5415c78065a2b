package io.millrace.jobs.train;

/**
 * A shard's answer to a pull.
 *
 * @param weights the pulled rows' weights, in the order of the pull's keys
 * @param examples for each of these keys how many examples have updated its row; empty unless the
 *     model's architecture has a {@link io.millrace.model.architecture.BatchLoss}, which asks for
 *     it
 */
record ShardReply(TrainerId trainer, long batch, int shard, float[] weights, long[] examples) {}
