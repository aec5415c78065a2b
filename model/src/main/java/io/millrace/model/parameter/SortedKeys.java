package io.millrace.model.parameter;

import java.util.Arrays;

/** The order of keys in model versions and in writes to a store: ascending, unsigned. */
final class SortedKeys {

    private SortedKeys() {}

    /** Sorts in place, so that slots come one after another, and returns the array. */
    static long[] ascending(long[] keys) {
        flip(keys);
        Arrays.sort(keys);
        flip(keys);
        return keys;
    }

    /** Maps unsigned order to signed order and back. */
    private static void flip(long[] keys) {
        for (int i = 0; i < keys.length; i++) {
            keys[i] ^= Long.MIN_VALUE;
        }
    }
}
