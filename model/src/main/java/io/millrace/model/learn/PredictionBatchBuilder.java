package io.millrace.model.learn;

import io.millrace.model.example.Example;
import io.millrace.model.parameter.ParameterLayout;
import java.util.Arrays;
import java.util.List;

/**
 * Makes batches that are predicted and not learned. Nothing has to be known of a key as a whole
 * then, so the batch may have one several times: to find that out takes longer than to look its row
 * up again. But values of a feature that an example shares with the one before it, as the
 * candidates of a request do, are there once.
 */
final class PredictionBatchBuilder {

    private static final int[] NO_INTS = new int[0];
    private static final float[] NO_FLOATS = new float[0];

    private final int features;

    /** By feature, the weights of one of its values. */
    private final int[] widths;

    PredictionBatchBuilder(ParameterLayout layout) {
        features = layout.slots() - 1;
        widths = new int[features];
        Arrays.setAll(widths, f -> layout.slot(f + 1).width());
    }

    /**
     * A batch with all that a forward pass needs: its keys are neither distinct nor grouped by
     * shard, and dense blocks, labels and importances are missing.
     *
     * @param examples at least one
     * @throws IllegalArgumentException when one does not fit the layout, or they have more keys or
     *     weights than an array holds
     */
    MicroBatch build(List<Example> examples) {
        int size = examples.size();
        int numericWidth = examples.get(0).numeric().length;
        int[] occurrences =
                new int[MicroBatchBuilder.occurrenceCount(examples, features, numericWidth)];
        int[] ends = new int[size * features];
        float[] numeric = new float[Math.multiplyExact(size, numericWidth)];
        long[] keys = new long[occurrences.length];
        int[] weightsAt = new int[occurrences.length + 1];

        int keyCount = 0;
        int at = 0;
        Example before = examples.get(0);
        int beforeAt = 0;
        for (int b = 0; b < size; b++) {
            Example example = examples.get(b);
            System.arraycopy(example.numeric(), 0, numeric, b * numericWidth, numericWidth);
            int exampleAt = at;
            int from = 0;
            int fromBefore = 0;
            for (int f = 0; f < features; f++) {
                int to = example.ends()[f];
                int toBefore = before.ends()[f];
                if (b > 0 && same(example, from, to, before, fromBefore, toBefore)) {
                    int same = beforeAt + fromBefore;
                    System.arraycopy(occurrences, same, occurrences, at, to - from);
                    at += to - from;
                } else {
                    for (int i = from; i < to; i++) {
                        keys[keyCount] = example.keys()[i];
                        weightsAt[keyCount + 1] =
                                MicroBatchBuilder.end(weightsAt[keyCount], widths[f], "weights");
                        occurrences[at++] = keyCount++;
                    }
                }
                ends[b * features + f] = at;
                from = to;
                fromBefore = toBefore;
            }
            before = example;
            beforeAt = exampleAt;
        }
        return new MicroBatch(
                size,
                Arrays.copyOf(keys, keyCount),
                NO_INTS,
                NO_INTS,
                Arrays.copyOf(weightsAt, keyCount + 1),
                NO_INTS,
                occurrences,
                ends,
                numeric,
                NO_FLOATS,
                NO_FLOATS,
                Long.MIN_VALUE);
    }

    /** Whether two examples have the same keys there; most features have one, compared at once. */
    private static boolean same(Example a, int fromA, int toA, Example b, int fromB, int toB) {
        if (toA - fromA == 1 && toB - fromB == 1) {
            return a.keys()[fromA] == b.keys()[fromB];
        }
        return Arrays.equals(a.keys(), fromA, toA, b.keys(), fromB, toB);
    }
}
