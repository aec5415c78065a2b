package io.millrace.jobs.train;

/**
 * A shard's answer to a pull.
 *
 * @param weights the pulled rows' weights, in the order of the pull's keys
 * @param examples for each of these keys how many examples have updated its row; empty unless the
 *     model's architecture has a {@link io.millrace.model.architecture.BatchLoss}, which asks for
 *     it
 * @param frozen the same rows' weights of the past, as many times as the pull wants some
 * @param standings for each of these keys which row stands for it, a {@link
 *     io.millrace.model.parameter.Standing}, and once more for each of the frozen weights; empty
 *     unless a feature of the model admits values by their count
 */
record ShardReply(
        TrainerId trainer,
        long batch,
        int shard,
        float[] weights,
        long[] examples,
        float[] frozen,
        byte[] standings) {

    private static final float[] NONE = new float[0];
    private static final byte[] OWN = new byte[0];

    /** An answer to a pull that wants no weights of the past. */
    ShardReply(TrainerId trainer, long batch, int shard, float[] weights, long[] examples) {
        this(trainer, batch, shard, weights, examples, NONE, OWN);
    }

    /** An answer for a model each of whose values has a row. */
    ShardReply(
            TrainerId trainer,
            long batch,
            int shard,
            float[] weights,
            long[] examples,
            float[] frozen) {
        this(trainer, batch, shard, weights, examples, frozen, OWN);
    }
}
