package io.millrace.model.parameter;

/**
 * A row on its way between table and store: a header, and {@code size} floats in {@code values}
 * from {@code at} (weights, then optimizer state), unless it is a candidate. The array may be
 * shared with the table's slab.
 */
public final class RowBuffer {

    /** Training examples that have updated the row. */
    public long examples;

    /** Largest event time among them, milliseconds since the epoch. */
    public long lastEventTime;

    /**
     * Whether the row is one that so far only counts its examples, as a value has that is yet to be
     * admitted: its floats have no meaning.
     */
    public boolean candidate;

    public float[] values = new float[0];
    public int at;
    public int size;

    /** Points the buffer at a piece of {@code array}. */
    public RowBuffer over(float[] array, int start, int length) {
        values = array;
        at = start;
        size = length;
        return this;
    }
}
