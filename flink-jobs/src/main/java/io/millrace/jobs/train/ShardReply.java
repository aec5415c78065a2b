package io.millrace.jobs.train;

/**
 * A shard's answer to a pull.
 *
 * @param weights the pulled rows' weights, in the order of the pull's keys
 */
record ShardReply(TrainerId trainer, long batch, int shard, float[] weights) {}
