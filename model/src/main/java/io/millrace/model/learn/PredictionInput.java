package io.millrace.model.learn;

import io.millrace.model.example.Example;
import io.millrace.model.parameter.Moments;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import java.util.Arrays;
import java.util.List;

/**
 * What a forward pass is fed that nothing is learned from: the pooled embeddings of some examples
 * and their numbers. Reused, and grown when needed; used by one thread.
 *
 * <p>Nothing has to be known of a key as a whole then, so one may be looked up several times: to
 * find that out takes longer than to look it up again. But values of a feature that an example
 * shares with the one before it, as the candidates of a request do, are looked up and pooled once.
 * The row of a value that stands alone is looked up straight into its place.
 */
final class PredictionInput {

    /** The place of a value that {@link #lookUp} finds, or has found, where it belongs. */
    private static final int IN_PLACE = -1;

    /** The place of values that are those of the example before. */
    private static final int AS_BEFORE = -2;

    private final EmbeddingPooling pooling;
    private final int features;
    private final int width;

    private int size;
    private int numericWidth;

    /** The numbers that are standardized by running moments, and the keys of these. */
    private final int[] runningColumns;

    private final long[] momentKeys;
    private final float[] moments = new float[Moments.WIDTH];

    /** [B, width] as the network takes it, then the rows that are yet to be pooled, end to end. */
    private float[] rows = new float[0];

    /** [B, N]. */
    private float[] numeric = new float[0];

    // The keys to look up, and where in the rows their weights go.
    private long[] keys = new long[0];
    private int[] at = new int[0];
    private int keyCount;

    // By example and feature: where in the rows its values begin, and how many they are.
    private int[] starts = new int[0];
    private int[] counts = new int[0];

    PredictionInput(EmbeddingPooling pooling, ParameterLayout layout) {
        this.pooling = pooling;
        runningColumns = layout.runningColumns();
        momentKeys = new long[runningColumns.length];
        Arrays.setAll(momentKeys, i -> ParameterKey.ofMoments(layout.momentsSlot(i)));
        features = pooling.features();
        width = pooling.width();
    }

    /**
     * Reads the examples and looks up all that they need.
     *
     * @param examples at least one
     * @throws IllegalArgumentException when one does not fit the model, or they have more keys or
     *     weights than an array holds
     */
    void fill(List<Example> examples, WeightLookup lookup) {
        read(examples);
        lookup.writeAll(keys, at, keyCount, rows);
        pool();
        standardize(lookup);
        for (int b = 0; b < size; b++) {
            pooling.writeNumbers(numeric, b, rows, b * width);
        }
    }

    private void standardize(WeightLookup lookup) {
        for (int i = 0; i < runningColumns.length; i++) {
            lookup.write(momentKeys[i], moments, 0);
            for (int b = 0; b < size; b++) {
                int number = b * numericWidth + runningColumns[i];
                numeric[number] = Moments.standardize(numeric[number], moments[0], moments[1]);
            }
        }
    }

    /** B. */
    int size() {
        return size;
    }

    /** [B, width of the pooling], at the front of a longer array. */
    float[] rows() {
        return rows;
    }

    /** [B, N], at the front of a longer array. */
    float[] numeric() {
        return numeric;
    }

    private void read(List<Example> examples) {
        size = examples.size();
        numericWidth = examples.get(0).numeric().length;
        int keysAtMost = MicroBatchBuilder.occurrenceCount(examples, features, numericWidth);
        if (keys.length < keysAtMost) {
            keys = new long[keysAtMost];
            at = new int[keysAtMost];
        }
        if (starts.length < size * features) {
            starts = new int[size * features];
            counts = new int[size * features];
        }
        int numbers = Math.multiplyExact(size, numericWidth);
        if (numeric.length < numbers) {
            numeric = new float[numbers];
        }
        int pooled = MicroBatchBuilder.length((long) size * width, "weights");
        int needed = place(examples, pooled);
        if (rows.length < needed) {
            rows = new float[needed];
        }
    }

    /**
     * Decides where the row of each key goes.
     *
     * @param free the first place in the rows behind those that the network takes
     * @return the place behind all rows
     */
    private int place(List<Example> examples, int free) {
        keyCount = 0;
        Example before = examples.get(0);
        for (int b = 0; b < size; b++) {
            Example example = examples.get(b);
            System.arraycopy(example.numeric(), 0, numeric, b * numericWidth, numericWidth);
            long[] exampleKeys = example.keys();
            int[] ends = example.ends();
            int[] endsBefore = before.ends();
            int from = 0;
            int fromBefore = 0;
            for (int f = 0; f < features; f++) {
                int to = ends[f];
                int toBefore = endsBefore[f];
                int i = b * features + f;
                if (b > 0 && same(exampleKeys, from, to, before.keys(), fromBefore, toBefore)) {
                    starts[i] = AS_BEFORE;
                } else if (to - from == 1 && pooling.isRowAlone(f)) {
                    starts[i] = IN_PLACE;
                    keys[keyCount] = exampleKeys[from];
                    at[keyCount++] = b * width + pooling.column(f);
                } else {
                    starts[i] = free;
                    counts[i] = to - from;
                    for (int k = from; k < to; k++) {
                        keys[keyCount] = exampleKeys[k];
                        at[keyCount++] = free;
                        free = MicroBatchBuilder.end(free, pooling.rowWidth(f), "weights");
                    }
                }
                from = to;
                fromBefore = toBefore;
            }
            before = example;
        }
        return free;
    }

    /** Pools what is not in its place yet; an example's values are there before the next one's. */
    private void pool() {
        for (int b = 0; b < size; b++) {
            int example = b * features;
            int f = 0;
            while (f < features) {
                int start = starts[example + f];
                int next = f + 1;
                if (start == AS_BEFORE) {
                    while (next < features && starts[example + next] == AS_BEFORE) {
                        next++;
                    }
                    pooling.copy(rows, (b - 1) * width, b * width, f, next);
                } else if (start != IN_PLACE) {
                    pooling.pool(f, start, counts[example + f], rows, b * width);
                }
                f = next;
            }
        }
    }

    /** Whether two examples have the same keys there; most features have one, compared at once. */
    private static boolean same(long[] a, int fromA, int toA, long[] b, int fromB, int toB) {
        if (toA - fromA == 1 && toB - fromB == 1) {
            return a[fromA] == b[fromB];
        }
        return Arrays.equals(a, fromA, toA, b, fromB, toB);
    }
}
