package io.millrace.jobs.train;

/** What a trainer sends to one parameter shard. All its keys belong to that shard. */
sealed interface ShardRequest {

    /** The trainer that asks, and which life of it. */
    TrainerId trainer();

    /** Numbers the trainer's micro-batches from 0. */
    long batch();

    /** The parameter keys, never empty. */
    long[] keys();

    /** Asks for the rows' weights. */
    record Pull(TrainerId trainer, long batch, long[] keys) implements ShardRequest {}

    /**
     * Hands over the rows' gradients, summed over the micro-batch.
     *
     * @param examples for each key the number of examples it occurred in
     * @param gradients for each key one value a weight, key after key
     * @param eventTime the largest in the micro-batch
     */
    record Push(
            TrainerId trainer,
            long batch,
            long[] keys,
            int[] examples,
            float[] gradients,
            long eventTime)
            implements ShardRequest {}
}
