package io.millrace.model.example;

/**
 * A labelled (or, for scoring, yet unlabelled) input of the model.
 *
 * @param keys parameter keys of all sparse features, feature after feature; never empty for a
 *     feature (a missing value has a key too)
 * @param ends for each sparse feature the end (exclusive) of its keys in {@code keys}; F entries
 * @param numeric N numbers, all finite
 * @param label 0 or 1 for clicks, the rating for ratings
 * @param weight importance, 1 for an ordinary example
 * @param eventTime milliseconds since the epoch
 */
public record Example(
        long[] keys, int[] ends, float[] numeric, float label, float weight, long eventTime)
        implements Labellable<Example> {

    @Override
    public Example labelled(float newLabel, float newWeight) {
        return new Example(keys, ends, numeric, newLabel, newWeight, eventTime);
    }
}
