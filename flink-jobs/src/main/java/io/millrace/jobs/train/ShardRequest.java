package io.millrace.jobs.train;

import java.util.List;

/** What a trainer sends to one parameter shard. All its keys belong to that shard. */
sealed interface ShardRequest {

    /** The trainer that asks, and which life of it. */
    TrainerId trainer();

    /** Numbers the trainer's micro-batches from 0. */
    long batch();

    /** The parameter keys, never empty. */
    long[] keys();

    /**
     * Asks for the rows' weights.
     *
     * @param frozen which weights of the past are wanted, too, of the same rows
     * @param eventTime the largest in the micro-batch, by which rows expire; {@link #NO_TIME} where
     *     none do
     */
    record Pull(TrainerId trainer, long batch, long[] keys, List<FrozenId> frozen, long eventTime)
            implements ShardRequest {

        static final long NO_TIME = Long.MIN_VALUE;

        /** Asks for nothing but the weights as they are. */
        Pull(TrainerId trainer, long batch, long[] keys) {
            this(trainer, batch, keys, List.of(), NO_TIME);
        }
    }

    /**
     * Hands over the rows' gradients, summed over the micro-batch.
     *
     * @param examples for each key the number of examples it occurred in; of a value without a row
     *     of its own it is less than 0, and 0 for a row that is not to change
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

    /**
     * Says that a request lies in the shard's {@link RequestExchange.Inbox}.
     *
     * @param keys the first one of the request
     * @param number by which the inbox knows it
     */
    record Left(TrainerId trainer, long batch, long[] keys, long number) implements ShardRequest {}

    /**
     * Asks to keep all weights as they are now, and to forget older ones.
     *
     * @param batch the next that will be pulled
     * @param keys one, by which the request finds its shard
     * @param newest what to call them; when there are weights of this name, these stay
     * @param oldest of this series that is still needed
     */
    record Freeze(TrainerId trainer, long batch, long[] keys, FrozenId newest, long oldest)
            implements ShardRequest {}
}
