package io.millrace.model.learn;

import io.millrace.model.parameter.Moments;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.Standing;
import java.util.Arrays;

/**
 * What a micro-batch has of rows that stand for no single value: where the keys are of the rows
 * that values share, and of the moments of numbers.
 */
final class SharedRows {

    private static final SharedRows NONE =
            new SharedRows(new int[0], new int[0], new int[0], new float[0], 0);
    private static final int NOT_SHARED = -1;

    private final int[] slots;
    private final int[] columns;

    /** Two for each of the slots, unseen and rare, then one for each of the columns. */
    private final int[] keys;

    /** By column, how many values of it are there. */
    private final int[] counts;

    /** By column, their mean and variance. */
    private final float[] moments;

    private SharedRows(int[] slots, int[] columns, int[] keys, float[] numeric, int width) {
        this.slots = slots;
        this.columns = columns;
        this.keys = keys;
        counts = new int[columns.length];
        moments = new float[Moments.WIDTH * columns.length];
        for (int i = 0; i < columns.length; i++) {
            measure(i, numeric, width);
        }
    }

    /**
     * @param slots of features that admit values by their count, ascending
     * @param columns of numbers with running moments
     * @param keys indices in the batch of the keys for unseen and rare values of each slot, then of
     *     the moments of each column
     * @param numeric [B, width]
     */
    static SharedRows of(int[] slots, int[] columns, int[] keys, float[] numeric, int width) {
        return keys.length == 0 ? NONE : new SharedRows(slots, columns, keys, numeric, width);
    }

    /** Whether there is anything to resolve. */
    boolean concerns(byte[] standings) {
        return columns.length > 0 || standings.length > 0;
    }

    /** For each place of a key the index of the key whose row stands for it. */
    int[] occurrences(long[] batchKeys, int[] occurrences, byte[] standings) {
        if (standings.length == 0) {
            return occurrences;
        }
        int[] rowOfKey = new int[batchKeys.length];
        for (int key = 0; key < rowOfKey.length; key++) {
            rowOfKey[key] =
                    standings[key] == Standing.OWN ? key : shared(batchKeys[key], standings[key]);
        }
        int[] resolved = new int[occurrences.length];
        for (int i = 0; i < resolved.length; i++) {
            resolved[i] = rowOfKey[occurrences[i]];
        }
        return resolved;
    }

    private int shared(long key, byte standing) {
        int slot = Arrays.binarySearch(slots, ParameterKey.slot(key));
        return keys[2 * slot + (standing == Standing.UNSEEN ? 0 : 1)];
    }

    /** Examples by key, as {@link MicroBatch#examplesByKey} has them of a resolved batch. */
    int[] examples(MicroBatch batch, int[] resolved, byte[] standings) {
        int[] examples = batch.examplesByKey().clone();
        if (standings.length > 0) {
            for (int key = 0; key < examples.length; key++) {
                if (standings[key] != Standing.OWN) {
                    examples[key] = -examples[key];
                }
            }
            countShared(batch, resolved, examples);
        }
        for (int i = 0; i < columns.length; i++) {
            examples[keys[2 * slots.length + i]] = counts[i];
        }
        return examples;
    }

    /** An example counts once for a row, however many of its values share it. */
    private void countShared(MicroBatch batch, int[] resolved, int[] examples) {
        int[] lastExample = new int[2 * slots.length];
        Arrays.fill(lastExample, NOT_SHARED);
        int features = batch.ends().length / batch.size();
        for (int b = 0; b < batch.size(); b++) {
            for (int i = 0; i < slots.length; i++) {
                int place = b * features + slots[i] - 1;
                int from = place == 0 ? 0 : batch.ends()[place - 1];
                for (int at = from; at < batch.ends()[place]; at++) {
                    for (int kind = 2 * i; kind < 2 * i + 2; kind++) {
                        if (resolved[at] == keys[kind] && lastExample[kind] != b) {
                            lastExample[kind] = b;
                            examples[keys[kind]]++;
                        }
                    }
                }
            }
        }
    }

    /** In two passes and in double precision, over the values that are there. */
    private void measure(int running, float[] numeric, int width) {
        double sum = 0;
        int count = 0;
        for (int at = columns[running]; at < numeric.length; at += width) {
            if (!Float.isNaN(numeric[at])) {
                sum += numeric[at];
                count++;
            }
        }
        if (count == 0) {
            return;
        }
        double mean = sum / count;
        double squares = 0;
        for (int at = columns[running]; at < numeric.length; at += width) {
            if (!Float.isNaN(numeric[at])) {
                squares += (numeric[at] - mean) * (numeric[at] - mean);
            }
        }
        counts[running] = count;
        moments[Moments.WIDTH * running] = (float) mean;
        moments[Moments.WIDTH * running + 1] = (float) (squares / count);
    }

    /** [B, N], with running numbers standardized by the moments among the weights. */
    float[] standardize(MicroBatch batch, float[] weights) {
        if (columns.length == 0) {
            return batch.numeric();
        }
        float[] numeric = batch.numeric().clone();
        int width = numeric.length / batch.size();
        for (int i = 0; i < columns.length; i++) {
            int row = batch.weightsAt()[keys[2 * slots.length + i]];
            for (int at = columns[i]; at < numeric.length; at += width) {
                numeric[at] = Moments.standardize(numeric[at], weights[row], weights[row + 1]);
            }
        }
        return numeric;
    }

    void writeMoments(int[] weightsAt, float[] gradients) {
        for (int i = 0; i < counts.length; i++) {
            int row = weightsAt[keys[2 * slots.length + i]];
            System.arraycopy(moments, Moments.WIDTH * i, gradients, row, Moments.WIDTH);
        }
    }
}
