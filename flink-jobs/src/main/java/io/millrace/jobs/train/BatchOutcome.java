package io.millrace.jobs.train;

/**
 * What a micro-batch was predicted to be before it was learned from; [B] each.
 *
 * @param maxEventTime the largest event time in the batch, milliseconds since the epoch
 */
record BatchOutcome(float[] labels, float[] predictions, float[] importances, long maxEventTime) {}
