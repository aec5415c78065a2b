package io.millrace.model.architecture;

import it.unimi.dsi.fastutil.ints.IntOpenHashSet;

/**
 * The items of a micro-batch's B examples, each a candidate for all. The arrays are not copied.
 *
 * @param items B numbers, equal for equal items
 * @param logProbabilities B numbers, log Q: Q is the probability that a micro-batch of this size
 *     has the item
 * @param rewards B numbers, how much it counts that the example's item was chosen: its importance
 *     if it is positive, 0 if not
 */
public record BatchItems(int[] items, float[] logProbabilities, float[] rewards) {

    /** B numbers: 1 where an earlier example has the same item, else 0. */
    float[] repeated() {
        IntOpenHashSet seen = new IntOpenHashSet();
        float[] repeated = new float[items.length];
        for (int b = 0; b < items.length; b++) {
            repeated[b] = seen.add(items[b]) ? 0 : 1;
        }
        return repeated;
    }
}
