package io.millrace.model.parameter;

import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;

/** A row store in plain memory, for learning without Flink. */
public final class MemoryRowStore implements RowStore {

    private final Long2ObjectOpenHashMap<Row> rows = new Long2ObjectOpenHashMap<>();

    @Override
    public boolean read(long key, RowBuffer buffer) {
        Row row = rows.get(key);
        if (row == null) {
            return false;
        }
        buffer.examples = row.examples;
        buffer.lastEventTime = row.lastEventTime;
        buffer.candidate = row.candidate;
        if (row.candidate) {
            return true;
        }
        if (row.values.length != buffer.size) {
            throw new IllegalStateException(
                    "The row with key "
                            + Long.toHexString(key)
                            + " has "
                            + row.values.length
                            + " floats, but "
                            + buffer.size
                            + " were asked for; it was written under another layout.");
        }
        System.arraycopy(row.values, 0, buffer.values, buffer.at, buffer.size);
        return true;
    }

    @Override
    public void write(long key, RowBuffer buffer) {
        Row row = rows.get(key);
        int size = buffer.candidate ? 0 : buffer.size;
        if (row == null || row.values.length != size) {
            row = new Row(size);
            rows.put(key, row);
        }
        System.arraycopy(buffer.values, buffer.at, row.values, 0, size);
        row.candidate = buffer.candidate;
        row.examples = buffer.examples;
        row.lastEventTime = buffer.lastEventTime;
    }

    @Override
    public void remove(long key) {
        rows.remove(key);
    }

    /** Number of rows. */
    public int size() {
        return rows.size();
    }

    /** The keys of all rows, ascending as unsigned numbers. */
    public long[] keys() {
        return SortedKeys.ascending(rows.keySet().toLongArray());
    }

    private static final class Row {

        final float[] values;
        boolean candidate;
        long examples;
        long lastEventTime;

        Row(int size) {
            values = new float[size];
        }
    }
}
