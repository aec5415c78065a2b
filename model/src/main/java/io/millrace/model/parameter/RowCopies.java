package io.millrace.model.parameter;

import it.unimi.dsi.fastutil.longs.LongArrays;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Copies of rows as a checkpoint found them, to be saved on another thread while the table goes on:
 * those that the store lacks, and those that the checkpoint's version has to carry. Many rows are
 * both. Of a row that was removed there is a tombstone.
 *
 * <p>It is filled by one thread and read by others later. {@link #clear} keeps the memory for the
 * next checkpoint.
 */
public final class RowCopies {

    /** Rows to be fetched from memory at once: they stay in the first two levels of cache. */
    private static final int AT_ONCE = 128;

    private static final int CHUNK_FLOATS = 1 << 18;
    private static final int FIRST_ROWS = 64;
    private static final int HEAD = 4;
    private static final int KEY = 0;
    private static final int EXAMPLES = 1;
    private static final int LAST_EVENT_TIME = 2;
    private static final int PLACE = 3;
    private static final byte UNWRITTEN = 1;
    private static final byte CHANGED = 2;
    private static final byte CANDIDATE = 4;
    private static final byte TOMBSTONE = 8;

    private final List<float[]> chunks = new ArrayList<>();

    /**
     * By row, side by side in memory: key, number of examples, last event time, and its chunk in
     * the upper half and where it starts there in the lower.
     */
    private long[] heads = new long[HEAD * FIRST_ROWS];

    private int[] sizes = new int[FIRST_ROWS];
    private byte[] flags = new byte[FIRST_ROWS];
    private int rows;
    private int changed;
    private int chunk;
    private int end;

    /**
     * Written, so that the compiler cannot leave out the reads; what it is does not matter, nor
     * that several readers write it.
     */
    @SuppressWarnings("UnusedVariable")
    private float touched;

    /** Number of rows. */
    public int size() {
        return rows;
    }

    public long key(int row) {
        return heads[HEAD * row + KEY];
    }

    /** Whether the store has not got this row in its newest form. */
    public boolean isUnwritten(int row) {
        return (flags[row] & UNWRITTEN) != 0;
    }

    /** Whether the version has to carry this row. */
    public boolean isChanged(int row) {
        return (flags[row] & CHANGED) != 0;
    }

    /** Whether there is nothing but the news that this row was removed. */
    public boolean isTombstone(int row) {
        return (flags[row] & TOMBSTONE) != 0;
    }

    /** Points the buffer at the row; it must not be written to. */
    public void show(int row, RowBuffer into) {
        into.over(chunk(row), start(row), sizes[row]);
        into.examples = heads[HEAD * row + EXAMPLES];
        into.lastEventTime = heads[HEAD * row + LAST_EVENT_TIME];
        into.candidate = (flags[row] & CANDIDATE) != 0;
    }

    /**
     * To be called at each position when rows are read in another order than they lie in: now and
     * then it reads a little of each of the next ones, so that the processor overlaps its waits for
     * memory.
     *
     * @param order the rows in the order in which they are read, from its beginning
     */
    public void fetchAhead(int[] order, int position) {
        if (position % AT_ONCE != 0) {
            return;
        }
        float sum = 0;
        int to = Math.min(order.length, position + AT_ONCE);
        for (int i = position; i < to; i++) {
            int row = order[i];
            sum += key(row) + flags[row];
            int size = sizes[row];
            if (size > 0) {
                float[] values = chunk(row);
                int at = start(row);
                sum += values[at] + values[at + size / 2] + values[at + size - 1];
            }
        }
        touched = sum;
    }

    /** The changed rows, ascending by key as unsigned numbers. */
    public int[] changedByKey() {
        int[] found = new int[changed];
        int[] order = new int[changed];
        // Sorting by reference wants the keys in signed order.
        long[] signed = new long[changed];
        int next = 0;
        for (int row = 0; row < rows; row++) {
            if (isChanged(row)) {
                found[next] = row;
                order[next] = next;
                signed[next++] = key(row) ^ Long.MIN_VALUE;
            }
        }
        LongArrays.radixSortIndirect(order, signed, false);
        Arrays.setAll(order, i -> found[order[i]]);
        return order;
    }

    /** Forgets all rows. */
    public void clear() {
        rows = 0;
        changed = 0;
        chunk = 0;
        end = 0;
    }

    void add(long key, RowBuffer row, boolean isUnwritten, boolean isChanged) {
        int size = row.candidate ? 0 : row.size;
        float[] values = newRow(key, size);
        System.arraycopy(row.values, row.at, values, end, size);
        heads[HEAD * rows + EXAMPLES] = row.examples;
        heads[HEAD * rows + LAST_EVENT_TIME] = row.lastEventTime;
        flags[rows] =
                (byte)
                        ((isUnwritten ? UNWRITTEN : 0)
                                | (isChanged ? CHANGED : 0)
                                | (row.candidate ? CANDIDATE : 0));
        changed += isChanged ? 1 : 0;
        end += size;
        rows++;
    }

    /** The news, for the version, that a row was removed. */
    void addTombstone(long key) {
        var unused = newRow(key, 0);
        heads[HEAD * rows + EXAMPLES] = 0;
        heads[HEAD * rows + LAST_EVENT_TIME] = 0;
        flags[rows] = CHANGED | TOMBSTONE;
        changed++;
        rows++;
    }

    private float[] newRow(long key, int size) {
        if (rows == sizes.length) {
            grow();
        }
        float[] values = room(size);
        heads[HEAD * rows + KEY] = key;
        heads[HEAD * rows + PLACE] = (long) chunk << 32 | end;
        sizes[rows] = size;
        return values;
    }

    /** Floats of a row. */
    int size(int row) {
        return sizes[row];
    }

    /** Puts another row of the same size in place of this one; both or none are candidates. */
    void replace(int row, RowBuffer by) {
        System.arraycopy(by.values, by.at, chunk(row), start(row), sizes[row]);
        heads[HEAD * row + EXAMPLES] = by.examples;
        heads[HEAD * row + LAST_EVENT_TIME] = by.lastEventTime;
    }

    private float[] chunk(int row) {
        return chunks.get((int) (heads[HEAD * row + PLACE] >>> 32));
    }

    private int start(int row) {
        return (int) heads[HEAD * row + PLACE];
    }

    /** The chunk that has room for so many floats behind {@link #end}. */
    private float[] room(int size) {
        while (chunk < chunks.size()) {
            if (end + size <= chunks.get(chunk).length) {
                return chunks.get(chunk);
            }
            chunk++;
            end = 0;
        }
        chunks.add(new float[Math.max(CHUNK_FLOATS, size)]);
        return chunks.get(chunk);
    }

    private void grow() {
        int more = Math.addExact(rows, rows);
        heads = Arrays.copyOf(heads, Math.multiplyExact(HEAD, more));
        sizes = Arrays.copyOf(sizes, more);
        flags = Arrays.copyOf(flags, more);
    }
}
