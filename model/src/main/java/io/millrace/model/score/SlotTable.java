package io.millrace.model.score;

import it.unimi.dsi.fastutil.HashCommon;
import java.util.Arrays;

/**
 * The rows of one slot: open addressing from key to row, linear probing, weights in pages. A key
 * may be marked as deleted, which is not the same as absent. Key 0 stands for an empty cell (it is
 * a dense block's, and those are not kept here).
 */
final class SlotTable {

    static final int ABSENT = -1;
    static final int DELETED = -2;

    private static final int PAGE_BITS = 8;
    private static final int PAGE_MASK = (1 << PAGE_BITS) - 1;
    private static final int FIRST_CAPACITY = 64;
    private static final int MAX_CAPACITY = 1 << 30;

    private final int width;
    private long[] keys;
    private int[] rows;
    private float[][] pages;
    private int size;
    private int usedRows;

    SlotTable(int width) {
        this.width = width;
        keys = new long[FIRST_CAPACITY];
        rows = new int[FIRST_CAPACITY];
        pages = new float[0][];
    }

    /** A copy that shares nothing. */
    SlotTable(SlotTable other) {
        width = other.width;
        keys = other.keys.clone();
        rows = other.rows.clone();
        pages = new float[other.pages.length][];
        for (int page = 0; page < pages.length; page++) {
            pages[page] = other.pages[page].clone();
        }
        size = other.size;
        usedRows = other.usedRows;
    }

    /** Keys in the table, deleted ones included. */
    int size() {
        return size;
    }

    /** The key's row, or {@link #ABSENT}, or {@link #DELETED}. */
    int find(long key) {
        int cell = cell(key);
        return keys[cell] == 0 ? ABSENT : rows[cell];
    }

    /** The cell where the search for a key begins. */
    int home(long key) {
        return (int) HashCommon.mix(key) & (keys.length - 1);
    }

    /** The key in a cell, 0 if none. */
    long keyAt(int cell) {
        return keys[cell];
    }

    /** What {@link #find} gives for the key in a cell. */
    int rowAt(int cell) {
        return rows[cell];
    }

    /** Copies a row that {@link #find} has found. */
    void read(int row, float[] out, int at) {
        System.arraycopy(pages[row >>> PAGE_BITS], (row & PAGE_MASK) * width, out, at, width);
    }

    void put(long key, float[] weights, int at) {
        int cell = cellForWriting(key);
        if (rows[cell] < 0) {
            rows[cell] = newRow();
        }
        int row = rows[cell];
        System.arraycopy(weights, at, pages[row >>> PAGE_BITS], (row & PAGE_MASK) * width, width);
    }

    void delete(long key) {
        int cell = cellForWriting(key);
        rows[cell] = DELETED;
    }

    /** Lays all rows and deletions of {@code newer} over this table's. */
    void putAll(SlotTable newer) {
        float[] weights = new float[width];
        for (int cell = 0; cell < newer.keys.length; cell++) {
            long key = newer.keys[cell];
            if (key != 0 && newer.rows[cell] == DELETED) {
                delete(key);
            } else if (key != 0) {
                newer.read(newer.rows[cell], weights, 0);
                put(key, weights, 0);
            }
        }
    }

    /** A copy without its deleted keys. */
    SlotTable withoutDeleted() {
        SlotTable kept = new SlotTable(width);
        float[] weights = new float[width];
        for (int cell = 0; cell < keys.length; cell++) {
            if (keys[cell] != 0 && rows[cell] != DELETED) {
                read(rows[cell], weights, 0);
                kept.put(keys[cell], weights, 0);
            }
        }
        return kept;
    }

    private int cell(long key) {
        int mask = keys.length - 1;
        int cell = home(key);
        while (keys[cell] != key && keys[cell] != 0) {
            cell = (cell + 1) & mask;
        }
        return cell;
    }

    private int cellForWriting(long key) {
        int cell = cell(key);
        if (keys[cell] == key) {
            return cell;
        }
        if (size >= keys.length / 3 * 2) {
            grow();
            cell = cell(key);
        }
        keys[cell] = key;
        rows[cell] = ABSENT;
        size++;
        return cell;
    }

    private void grow() {
        if (keys.length == MAX_CAPACITY) {
            throw new IllegalStateException("a slot has more than " + size + " rows");
        }
        long[] oldKeys = keys;
        int[] oldRows = rows;
        keys = new long[oldKeys.length * 2];
        rows = new int[keys.length];
        for (int old = 0; old < oldKeys.length; old++) {
            if (oldKeys[old] != 0) {
                int cell = cell(oldKeys[old]);
                keys[cell] = oldKeys[old];
                rows[cell] = oldRows[old];
            }
        }
    }

    private int newRow() {
        int page = usedRows >>> PAGE_BITS;
        if (page == pages.length) {
            pages = Arrays.copyOf(pages, page + 1);
            pages[page] = new float[page == 0 ? width : width << PAGE_BITS];
        }
        int needed = ((usedRows & PAGE_MASK) + 1) * width;
        if (needed > pages[page].length) {
            // Only the first page starts small, as many slots never have more than a few rows.
            pages[page] = Arrays.copyOf(pages[page], 2 * pages[page].length);
        }
        return usedRows++;
    }
}
