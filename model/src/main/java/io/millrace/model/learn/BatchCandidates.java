package io.millrace.model.learn;

import io.millrace.model.architecture.BatchItems;

/** The items of a micro-batch, with their probabilities from the counts of parameter rows. */
final class BatchCandidates {

    private BatchCandidates() {}

    /**
     * An item's share q of the stream is that of all examples up to and with this batch: those that
     * updated its row and those here, over those that updated the dense vector and B. A batch has
     * it with probability Q = 1 - (1 - q)^B.
     *
     * @param feature the position, among the sparse features, of the one whose only key is the item
     * @param features F
     * @param examples for each key of the batch, how many examples have updated its row
     */
    static BatchItems of(MicroBatch batch, int feature, int features, long[] examples) {
        int size = batch.size();
        int[] items = new int[size];
        float[] logProbabilities = new float[size];
        float[] rewards = new float[size];
        double all = (double) examples[batch.denseKeys()[0]] + size;
        for (int b = 0; b < size; b++) {
            int place = b * features + feature;
            int key = batch.occurrences()[place == 0 ? 0 : batch.ends()[place - 1]];
            items[b] = key;
            double own = (double) examples[key] + batch.examplesByKey()[key];
            logProbabilities[b] = logProbability(own / all, size);
            rewards[b] = batch.importances()[b] * batch.labels()[b];
        }
        return new BatchItems(items, logProbabilities, rewards);
    }

    /** log(1 - (1 - q)^B). */
    private static float logProbability(double share, int size) {
        return (float) Math.log(-Math.expm1(size * Math.log1p(-Math.min(1, share))));
    }
}
