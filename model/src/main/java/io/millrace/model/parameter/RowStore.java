package io.millrace.model.parameter;

/**
 * Where parameter rows live: Flink's keyed state in a job, plain memory in tests and offline. Used
 * by one thread.
 */
public interface RowStore {

    /**
     * Reads a row into the {@code size} floats that {@code row} points at, and its header. Of a
     * candidate there is the header only.
     *
     * @return false when there is none; {@code row} is then unspecified
     */
    boolean read(long key, RowBuffer row);

    /** Writes the row's current content, which is copied: the caller reuses buffer and array. */
    void write(long key, RowBuffer row);

    /** Removes a row, if there is one. */
    void remove(long key);
}
