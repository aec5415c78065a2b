package io.millrace.jobs.train;

/**
 * What a micro-batch was predicted to be before it was learned from.
 *
 * @param labels [B]
 * @param predictions [syncs][B], in the order of {@link SyncSettings#syncs}
 * @param importances [B]
 * @param maxEventTime the largest event time in the batch, milliseconds since the epoch
 */
public record BatchOutcome(
        float[] labels, float[][] predictions, float[] importances, long maxEventTime) {}
