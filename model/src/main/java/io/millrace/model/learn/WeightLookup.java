package io.millrace.model.learn;

/** Gives the weights of an embedding row. */
@FunctionalInterface
public interface WeightLookup {

    /**
     * Writes the row's weights into {@code weights} from {@code at}; for a key without a row, the
     * weights that such a row would start with.
     */
    void write(long key, float[] weights, int at);

    /**
     * Writes the rows of the first {@code count} keys, that of key {@code i} from {@code at[i]}.
     * What the keys and places are afterwards has no meaning.
     */
    default void writeAll(long[] keys, int[] at, int count, float[] weights) {
        for (int i = 0; i < count; i++) {
            write(keys[i], weights, at[i]);
        }
    }
}
