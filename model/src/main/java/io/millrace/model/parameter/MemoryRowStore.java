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
        buffer.examples = row.examples;
        buffer.lastEventTime = row.lastEventTime;
        return true;
    }

    @Override
    public void write(long key, RowBuffer buffer) {
        Row row = rows.get(key);
        if (row == null || row.values.length != buffer.size) {
            row = new Row(buffer.size);
            rows.put(key, row);
        }
        System.arraycopy(buffer.values, buffer.at, row.values, 0, buffer.size);
        row.examples = buffer.examples;
        row.lastEventTime = buffer.lastEventTime;
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
        long examples;
        long lastEventTime;

        Row(int size) {
            values = new float[size];
        }
    }
}
