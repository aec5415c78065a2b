package io.millrace.model.score;

import it.unimi.dsi.fastutil.HashCommon;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.util.Arrays;

/**
 * The rows of one slot: open addressing from key to row, linear probing, weights in pages. A key
 * may be marked as deleted, which is not the same as absent, or as rare. Key 0 stands for an empty
 * cell (it is a dense block's, and those are not kept here).
 */
final class SlotTable {

    static final int ABSENT = -1;
    static final int DELETED = -2;

    /** The version counts the value, but has no weights for it. */
    static final int RARE = -3;

    private static final int PAGE_BITS = 8;
    private static final int PAGE_MASK = (1 << PAGE_BITS) - 1;
    private static final int FIRST_CAPACITY = 64;
    private static final int MAX_CAPACITY = 1 << 29;

    private final int width;

    /** A key and its row for each cell, side by side: a search waits for memory once. */
    private long[] cells;

    private float[][] pages;
    private int size;
    private int deleted;
    private int usedRows;

    /** Rows that no key has any more. */
    private final IntArrayList free = new IntArrayList();

    SlotTable(int width) {
        this.width = width;
        cells = new long[2 * FIRST_CAPACITY];
        pages = new float[0][];
    }

    /** A copy that shares nothing. */
    SlotTable(SlotTable other) {
        width = other.width;
        cells = other.cells.clone();
        pages = new float[other.pages.length][];
        for (int page = 0; page < pages.length; page++) {
            pages[page] = other.pages[page].clone();
        }
        size = other.size;
        deleted = other.deleted;
        usedRows = other.usedRows;
        free.addAll(other.free);
    }

    /** Keys in the table, deleted ones included. */
    int size() {
        return size;
    }

    /** The key's row, or {@link #ABSENT}, {@link #DELETED} or {@link #RARE}. */
    int find(long key) {
        int cell = cell(key);
        return keyAt(cell) == 0 ? ABSENT : rowAt(cell);
    }

    /** The cell where the search for a key begins. */
    int home(long key) {
        return (int) HashCommon.mix(key) & (capacity() - 1);
    }

    /** The key in a cell, 0 if none. */
    long keyAt(int cell) {
        return cells[2 * cell];
    }

    /** What {@link #find} gives for the key in a cell. */
    int rowAt(int cell) {
        return (int) cells[2 * cell + 1];
    }

    /** Reads a little of a row that {@link #find} has found; the result has no meaning. */
    float touch(int row) {
        float[] page = pages[row >>> PAGE_BITS];
        int at = (row & PAGE_MASK) * width;
        return page[at] + page[at + width - 1];
    }

    /** Copies a row that {@link #find} has found. */
    void read(int row, float[] out, int at) {
        System.arraycopy(pages[row >>> PAGE_BITS], (row & PAGE_MASK) * width, out, at, width);
    }

    void put(long key, float[] weights, int at) {
        int cell = cellForWriting(key);
        int row = rowAt(cell);
        if (row < 0) {
            row = newRow();
            replace(cell, key, row);
        }
        System.arraycopy(weights, at, pages[row >>> PAGE_BITS], (row & PAGE_MASK) * width, width);
    }

    void delete(long key) {
        mark(key, DELETED);
    }

    void setRare(long key) {
        mark(key, RARE);
    }

    private void mark(long key, int mark) {
        int cell = cellForWriting(key);
        if (rowAt(cell) >= 0) {
            free.add(rowAt(cell));
        }
        replace(cell, key, mark);
    }

    private void replace(int cell, long key, int row) {
        if (rowAt(cell) == DELETED) {
            deleted--;
        }
        if (row == DELETED) {
            deleted++;
        }
        set(cell, key, row);
    }

    /** Lays all rows and deletions of {@code newer} over this table's. */
    void putAll(SlotTable newer) {
        float[] weights = new float[width];
        for (int cell = 0; cell < newer.capacity(); cell++) {
            long key = newer.keyAt(cell);
            if (key != 0 && newer.rowAt(cell) < 0) {
                mark(key, newer.rowAt(cell));
            } else if (key != 0) {
                newer.read(newer.rowAt(cell), weights, 0);
                put(key, weights, 0);
            }
        }
    }

    /** This table if it has no deleted keys, else a copy without them. */
    SlotTable withoutDeleted() {
        if (deleted == 0) {
            return this;
        }
        SlotTable kept = new SlotTable(width);
        float[] weights = new float[width];
        for (int cell = 0; cell < capacity(); cell++) {
            if (keyAt(cell) != 0 && rowAt(cell) == RARE) {
                kept.setRare(keyAt(cell));
            } else if (keyAt(cell) != 0 && rowAt(cell) != DELETED) {
                read(rowAt(cell), weights, 0);
                kept.put(keyAt(cell), weights, 0);
            }
        }
        return kept;
    }

    private int capacity() {
        return cells.length / 2;
    }

    private int cell(long key) {
        int mask = capacity() - 1;
        int cell = home(key);
        while (keyAt(cell) != key && keyAt(cell) != 0) {
            cell = (cell + 1) & mask;
        }
        return cell;
    }

    private int cellForWriting(long key) {
        int cell = cell(key);
        if (keyAt(cell) == key) {
            return cell;
        }
        if (size >= capacity() / 3 * 2) {
            grow();
            cell = cell(key);
        }
        set(cell, key, ABSENT);
        size++;
        return cell;
    }

    private void grow() {
        if (capacity() == MAX_CAPACITY) {
            throw new IllegalStateException("a slot has more than " + size + " rows");
        }
        long[] old = cells;
        cells = new long[2 * old.length];
        for (int i = 0; i < old.length; i += 2) {
            if (old[i] != 0) {
                set(cell(old[i]), old[i], (int) old[i + 1]);
            }
        }
    }

    private void set(int cell, long key, int row) {
        cells[2 * cell] = key;
        cells[2 * cell + 1] = row;
    }

    private int newRow() {
        if (!free.isEmpty()) {
            return free.popInt();
        }
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
