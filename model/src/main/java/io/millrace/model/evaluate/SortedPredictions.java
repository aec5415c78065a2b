package io.millrace.model.evaluate;

import java.util.Arrays;

/**
 * Examples in the ascending order of their predictions, equal ones in the order of the examples.
 * Each is one number, the prediction's bits above the example's index, so that sorting needs no
 * objects.
 */
final class SortedPredictions {

    private final long[] packed;
    private int size;

    SortedPredictions(int capacity) {
        packed = new long[capacity];
    }

    void clear() {
        size = 0;
    }

    void add(float prediction, int example) {
        packed[size++] = ((long) order(prediction) << 32) | example;
    }

    void sort() {
        Arrays.sort(packed, 0, size);
    }

    int size() {
        return size;
    }

    int example(int rank) {
        return (int) packed[rank];
    }

    float prediction(int rank) {
        int bits = (int) (packed[rank] >> 32);
        return Float.intBitsToFloat(bits ^ ((bits >> 31) & Integer.MAX_VALUE));
    }

    /** Bits that are ordered, as signed integers, as the numbers are; both zeros are one. */
    private static int order(float prediction) {
        int bits = Float.floatToIntBits(prediction + 0f);
        return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
    }
}
