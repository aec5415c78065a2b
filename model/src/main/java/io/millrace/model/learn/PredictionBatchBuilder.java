package io.millrace.model.learn;

import io.millrace.model.example.Example;
import io.millrace.model.parameter.ParameterLayout;
import java.util.Arrays;
import java.util.List;

/**
 * Makes micro-batches that are predicted and not learned. Nothing has to be known of a key as a
 * whole then, so the batch may have one several times: to find that out takes longer than to look
 * its row up again. But a single value that an example shares with the one before it, as the
 * candidates of a request do, is there once. Used by one thread.
 */
final class PredictionBatchBuilder {

    private static final int[] NONE = new int[0];

    private final ParameterLayout layout;
    private final int features;

    /** By feature, the index of its last key in the batch so far. */
    private final int[] last;

    PredictionBatchBuilder(ParameterLayout layout) {
        this.layout = layout;
        features = layout.slots() - 1;
        last = new int[features];
    }

    /**
     * A batch without dense blocks, labels and importances.
     *
     * @param examples at least one
     * @throws IllegalArgumentException when one does not fit the layout
     */
    MicroBatch build(List<Example> examples) {
        int size = examples.size();
        int numericWidth = examples.get(0).numeric().length;
        int[] occurrences =
                new int[MicroBatchBuilder.occurrenceCount(examples, features, numericWidth)];
        int[] ends = new int[size * features];
        float[] numeric = new float[size * numericWidth];
        long[] keys = new long[occurrences.length];
        int[] weightsAt = new int[occurrences.length + 1];
        Arrays.fill(last, -1);

        int keyCount = 0;
        int at = 0;
        for (int b = 0; b < size; b++) {
            Example example = examples.get(b);
            System.arraycopy(example.numeric(), 0, numeric, b * numericWidth, numericWidth);
            int from = 0;
            for (int f = 0; f < features; f++) {
                int to = example.ends()[f];
                for (; from < to; from++) {
                    long key = example.keys()[from];
                    if (last[f] < 0 || keys[last[f]] != key) {
                        last[f] = keyCount;
                        keys[keyCount] = key;
                        weightsAt[keyCount + 1] = weightsAt[keyCount] + layout.width(key);
                        keyCount++;
                    }
                    occurrences[at++] = last[f];
                }
                ends[b * features + f] = at;
            }
        }
        return new MicroBatch(
                size,
                Arrays.copyOf(keys, keyCount),
                NONE,
                NONE,
                Arrays.copyOf(weightsAt, keyCount + 1),
                NONE,
                occurrences,
                ends,
                numeric,
                new float[0],
                new float[0],
                Long.MIN_VALUE);
    }
}
