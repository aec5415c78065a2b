package io.millrace.model.learn;

import io.millrace.model.example.Example;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import java.util.List;
import java.util.function.LongToIntFunction;

/**
 * B examples and the U distinct parameter keys they need, grouped by shard.
 *
 * <p>Within a shard, sparse keys stand in the order of their first occurrence, dense blocks after
 * them. A feature that admits values by their count has the keys of its shared rows in it, too, and
 * a number with running moments the key of these; {@link #resolve} says what they are for. The
 * weights of all keys lie end to end in one array, in the order of {@link #keys}. Arrays are handed
 * out as they are, not copied: read them only.
 */
public final class MicroBatch {

    private final int size;
    private final long[] keys;
    private final int[] shardStarts;
    private final int[] examplesByKey;
    private final int[] weightsAt;
    private final int[] denseKeys;
    private final int[] occurrences;
    private final int[] ends;
    private final float[] numeric;
    private final float[] labels;
    private final float[] importances;
    private final long maxEventTime;
    private final SharedRows shared;

    MicroBatch(
            int size,
            long[] keys,
            int[] shardStarts,
            int[] examplesByKey,
            int[] weightsAt,
            int[] denseKeys,
            int[] occurrences,
            int[] ends,
            float[] numeric,
            float[] labels,
            float[] importances,
            long maxEventTime,
            SharedRows shared) {
        this.size = size;
        this.keys = keys;
        this.shardStarts = shardStarts;
        this.examplesByKey = examplesByKey;
        this.weightsAt = weightsAt;
        this.denseKeys = denseKeys;
        this.occurrences = occurrences;
        this.ends = ends;
        this.numeric = numeric;
        this.labels = labels;
        this.importances = importances;
        this.maxEventTime = maxEventTime;
        this.shared = shared;
    }

    /**
     * The batch as the network is to see it, when the rows have come: values that have no row of
     * their own have that of all unseen or all rare values, and numbers with running moments are
     * standardized by these.
     *
     * @param standings for each key which row stands for it, as {@link
     *     io.millrace.model.parameter.Standing} has it; empty when each has its own
     * @param weights of all keys
     * @return this batch, if there is nothing of either kind
     */
    public MicroBatch resolve(byte[] standings, float[] weights) {
        if (!shared.concerns(standings)) {
            return this;
        }
        int[] resolved = shared.occurrences(keys, occurrences, standings);
        return new MicroBatch(
                size,
                keys,
                shardStarts,
                shared.examples(this, resolved, standings),
                weightsAt,
                denseKeys,
                resolved,
                ends,
                shared.standardize(this, weights),
                labels,
                importances,
                maxEventTime,
                shared);
    }

    /**
     * Writes, at their rows' gradients, the moments of this batch's numbers by which running ones
     * go on. Of a batch that was {@linkplain #resolve resolved}.
     */
    public void writeMoments(float[] gradients) {
        shared.writeMoments(weightsAt, gradients);
    }

    /** One batch; for many of one model a {@link MicroBatchBuilder} is cheaper. */
    public static MicroBatch of(
            List<Example> examples, ParameterLayout layout, int shards, LongToIntFunction shardOf) {
        return new MicroBatchBuilder(layout, shards, shardOf).build(examples);
    }

    /** B, the number of examples. */
    public int size() {
        return size;
    }

    /** The U keys, distinct, shard after shard. */
    public long[] keys() {
        return keys;
    }

    /** Index of a shard's first key. */
    public int keysFrom(int shard) {
        return shardStarts[shard];
    }

    /** Index after a shard's last key. */
    public int keysTo(int shard) {
        return shardStarts[shard + 1];
    }

    /** Index after a shard's last sparse key, where its dense blocks begin. */
    int sparseTo(int shard) {
        int to = keysTo(shard);
        while (to > keysFrom(shard) && ParameterKey.slot(keys[to - 1]) == ParameterKey.DENSE_SLOT) {
            to--;
        }
        return to;
    }

    /** Number of shards, those without keys included. */
    int shards() {
        return shardStarts.length - 1;
    }

    /**
     * For each key the number of examples it occurs in; B for a dense block. When the batch is
     * {@linkplain #resolve resolved}, that of a value whose row does not learn is less than 0; a
     * shared row has that of all its values, and moments that of the values that are there; both
     * may be 0.
     */
    public int[] examplesByKey() {
        return examplesByKey;
    }

    /** For each key where its weights start in the array of all weights; U + 1 entries. */
    public int[] weightsAt() {
        return weightsAt;
    }

    /** Length of the array of all weights. */
    public int weightCount() {
        return weightsAt[keys.length];
    }

    /** B labels. */
    public float[] labels() {
        return labels;
    }

    /** B importances, 1 for an ordinary example. */
    public float[] importances() {
        return importances;
    }

    /** The largest event time among the examples, milliseconds since the epoch. */
    public long maxEventTime() {
        return maxEventTime;
    }

    /** For each block of the dense vector the index of its key; empty without dense blocks. */
    int[] denseKeys() {
        return denseKeys;
    }

    /**
     * The index of the key at every place a key stands, example after example, feature after
     * feature.
     */
    int[] occurrences() {
        return occurrences;
    }

    /** For each example and feature (b F + f) the end of its {@link #occurrences}. */
    int[] ends() {
        return ends;
    }

    /** [B, N] numbers. */
    float[] numeric() {
        return numeric;
    }
}
