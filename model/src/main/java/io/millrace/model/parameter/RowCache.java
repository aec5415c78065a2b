package io.millrace.model.parameter;

import it.unimi.dsi.fastutil.HashCommon;
import it.unimi.dsi.fastutil.longs.LongList;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A bounded write-back cache of rows of one size.
 *
 * <p><b>Why.</b> A row costs a store on disk far more time than an optimizer, and ids are skewed: a
 * few rows take most of the updates. A cached row is read and updated in place and reaches the
 * store once, when it is evicted or has rested, however often it changed in between.
 *
 * <p><b>Memory.</b> Nothing is an object a row. A <em>place</em> is a number that indexes parallel
 * arrays: key, header (examples and last event time), flags, and the row's floats in a slab. The
 * slab grows chunk by chunk, so that growing copies no floats and no array nears Java's size limit;
 * the other arrays double. Nothing shrinks: a full cache stays full, its places change hands.
 *
 * <p><b>Index.</b> Open addressing with linear probing from key to place. It holds places only
 * (plus one, so that 0 means empty) and compares keys through the place, since half as large an
 * index misses the processor's caches less often than the comparison costs. It is at most half
 * full. Removal shifts the rest of the cluster back (Knuth, TAOCP vol. 3, section 6.4, algorithm R)
 * instead of leaving a tombstone: in a full cache every insertion is also a removal, and tombstones
 * would soon fill the index.
 *
 * <p><b>Eviction.</b> CLOCK (Corbató, A Paging Experiment with the Multics System, 1968): a hand
 * goes round the places, spares those referenced since its last visit and clears their bit. It
 * behaves much like LRU, yet a hit sets one bit rather than relinking a list. A new row starts
 * unreferenced and a push does not reference, so a row must be <em>pulled again</em> to survive a
 * round: values seen in a single micro-batch leave first.
 *
 * <p><b>Absent rows.</b> A row that the store does not have is cached too, with its initial weights
 * and without the {@link #EXISTS} flag: the push that follows the pull then needs no second futile
 * look into the store. Evicting it writes nothing.
 *
 * <p><b>Candidates.</b> A row that only counts has the {@link #CANDIDATE} flag, and its initial
 * weights in the slab, which the store is not given. A row that is removed is absent from then on;
 * it stays flagged as changed.
 *
 * <p>Used by one thread. When the store throws, the cache must not be used any more.
 */
final class RowCache {

    /** The answer of {@link #find} for a key that is not cached. */
    static final int NOT_CACHED = -1;

    /** Bounds the index to the largest array of a power of two. */
    static final int MAX_ROWS = 1 << 29;

    private static final byte REFERENCED = 1;
    private static final byte DIRTY = 2;
    private static final byte EXISTS = 4;
    private static final byte RECENT = 8;
    private static final byte CHANGED = 16;
    private static final byte CANDIDATE = 32;

    private static final int CHUNK_FLOATS = 1 << 18;
    private static final int FIRST_PLACES = 64;

    /** Key, two header fields and flags, and up to four index entries of four bytes. */
    private static final int OVERHEAD = 3 * Long.BYTES + 1 + 4 * Integer.BYTES;

    private final RowStore store;
    private final ChangedRows leaving;
    private final int rowSize;
    private final int capacity;
    private final int chunkShift;
    private final float[][] chunks;
    private final RowBuffer view = new RowBuffer();

    private int[] index;
    private long[] keys;

    /** By place, the number of examples and the last event time, side by side in memory. */
    private long[] headers;

    private byte[] flags;
    private int used;
    private int hand;
    private int writeHand;
    private long evictions;

    /**
     * @param leaving hears of changed rows that leave the cache
     */
    RowCache(int rowSize, int capacity, RowStore store, ChangedRows leaving) {
        if (capacity < 1 || capacity > MAX_ROWS) {
            throw new IllegalArgumentException(
                    "A row cache holds 1 to "
                            + MAX_ROWS
                            + " rows, but was given "
                            + capacity
                            + ".");
        }
        this.store = store;
        this.leaving = leaving;
        this.rowSize = rowSize;
        this.capacity = capacity;
        int chunkRows = Integer.highestOneBit(Math.max(1, CHUNK_FLOATS / rowSize));
        chunkShift = Integer.numberOfTrailingZeros(chunkRows);
        chunks = new float[((capacity - 1) >>> chunkShift) + 1][];
        int places = Math.min(capacity, FIRST_PLACES);
        index = new int[HashCommon.nextPowerOfTwo(2 * places)];
        keys = new long[places];
        headers = new long[2 * places];
        flags = new byte[places];
    }

    /** Bytes that a cached row of {@code rowSize} floats takes at most, everything counted. */
    static long bytes(int rowSize) {
        return (long) rowSize * Float.BYTES + OVERHEAD;
    }

    /** The place of a key, or {@link #NOT_CACHED}. */
    int find(long key) {
        int mask = index.length - 1;
        for (int i = home(key, mask); index[i] != 0; i = (i + 1) & mask) {
            if (keys[index[i] - 1] == key) {
                return index[i] - 1;
            }
        }
        return NOT_CACHED;
    }

    /** Brings a key that is not cached in from the store; it may be one that does not exist. */
    int load(long key) {
        int place = used < capacity ? nextUnused() : evict();
        flags[place] = 0;
        if (store.read(key, view(place))) {
            flags[place] = view.candidate ? EXISTS | CANDIDATE : EXISTS;
            headers[2 * place] = view.examples;
            headers[2 * place + 1] = view.lastEventTime;
        }
        keys[place] = key;
        link(place);
        return place;
    }

    /** Whether the row of this key lies at this place, as it did when {@link #find} said so. */
    boolean isAt(int place, long key) {
        return place >= 0 && place < used && keys[place] == key;
    }

    /** Spares the row from the hand's next visit. */
    void reference(int place) {
        flags[place] |= REFERENCED;
    }

    boolean exists(int place) {
        return (flags[place] & EXISTS) != 0;
    }

    /** Whether the row exists, and not only counts: its floats are not the initial ones. */
    boolean hasWeights(int place) {
        return (flags[place] & (EXISTS | CANDIDATE)) == EXISTS;
    }

    /** Largest event time of the examples that have updated the row, which must exist. */
    long lastEventTime(int place) {
        return headers[2 * place + 1];
    }

    /** How many examples have updated the row. */
    long examples(int place) {
        return exists(place) ? headers[2 * place] : 0;
    }

    /** The array that holds the row's floats, from {@link #offset}. */
    float[] array(int place) {
        return chunks[place >>> chunkShift];
    }

    int offset(int place) {
        return (place & ((1 << chunkShift) - 1)) * rowSize;
    }

    /** Notes that the row's floats were changed by so many examples; from now on it exists. */
    void updated(int place, int moreExamples, long eventTime) {
        addExamples(place, moreExamples, eventTime, flags[place] & ~CANDIDATE);
    }

    /** Counts examples that did not change the row's floats; from now on it exists. */
    void counted(int place, int moreExamples, long eventTime) {
        int candidate = exists(place) ? 0 : CANDIDATE;
        addExamples(place, moreExamples, eventTime, flags[place] | candidate);
    }

    private void addExamples(int place, int moreExamples, long eventTime, int newFlags) {
        byte before = flags[place];
        int header = 2 * place;
        if ((before & EXISTS) == 0) {
            headers[header] = moreExamples;
            headers[header + 1] = eventTime;
        } else {
            headers[header] += moreExamples;
            headers[header + 1] = Math.max(headers[header + 1], eventTime);
        }
        flags[place] = (byte) (newFlags | DIRTY | EXISTS | RECENT | CHANGED);
    }

    /**
     * Makes the row one that does not exist. Whoever calls this removes it from the store, too, and
     * sets its floats to the initial ones.
     */
    void remove(int place) {
        flags[place] = (byte) (flags[place] & REFERENCED | CHANGED);
    }

    /** Reads a little of all that is kept of a row; the result has no meaning. */
    float touch(int place) {
        float[] values = array(place);
        int at = offset(place);
        return values[at]
                + values[at + rowSize / 2]
                + values[at + rowSize - 1]
                + flags[place]
                + headers[2 * place];
    }

    /** Flags the row as changed, although it did not change now. */
    void setChanged(int place) {
        flags[place] |= CHANGED;
    }

    /** Adds the keys of the changed rows to the list. */
    void changedKeys(LongList into) {
        for (int place = 0; place < used; place++) {
            if ((flags[place] & CHANGED) != 0) {
                into.add(keys[place]);
            }
        }
    }

    /** Copies the changed and the dirty rows, and forgets which were changed. */
    void cut(RowCopies into) {
        for (int place = 0; place < used; place++) {
            byte state = flags[place];
            if ((state & (DIRTY | CHANGED)) != 0) {
                if (exists(place)) {
                    show(place, view);
                    into.add(keys[place], view, (state & DIRTY) != 0, (state & CHANGED) != 0);
                } else {
                    into.addTombstone(keys[place]);
                }
                flags[place] = (byte) (state & ~CHANGED);
            }
        }
    }

    /** Copies the dirty rows: those that the store has not got in their newest form. */
    void copyDirty(RowCopies into) {
        for (int place = 0; place < used; place++) {
            if (isDirty(place)) {
                show(place, view);
                into.add(keys[place], view, true, false);
            }
        }
    }

    /** Points the buffer at the row where it lies; it must not be written to. */
    void show(int place, RowBuffer row) {
        row.over(array(place), offset(place), rowSize);
        row.examples = headers[2 * place];
        row.lastEventTime = headers[2 * place + 1];
        row.candidate = (flags[place] & CANDIDATE) != 0;
    }

    /**
     * Goes on over so many places from where the last call ended, and writes the dirty rows that
     * were not pushed since the last visit. So the store comes to have what rests, and is spared
     * what changes all the time.
     */
    void writeResting(int places) {
        for (int i = Math.min(places, used); i > 0; i--) {
            if (writeHand >= used) {
                writeHand = 0;
            }
            byte state = flags[writeHand];
            if ((state & (DIRTY | RECENT)) == DIRTY) {
                write(writeHand);
            } else {
                flags[writeHand] = (byte) (state & ~RECENT);
            }
            writeHand++;
        }
    }

    /** Writes the row to the store; it stays, clean. */
    void write(int place) {
        show(place, view);
        store.write(keys[place], view);
        flags[place] &= ~DIRTY;
    }

    int size() {
        return used;
    }

    int capacity() {
        return capacity;
    }

    int rowSize() {
        return rowSize;
    }

    long evictions() {
        return evictions;
    }

    private boolean isDirty(int place) {
        return (flags[place] & DIRTY) != 0;
    }

    private RowBuffer view(int place) {
        return view.over(array(place), offset(place), rowSize);
    }

    // -- places

    private int nextUnused() {
        if (used == keys.length) {
            growPlaces((int) Math.min(capacity, 2L * used));
        }
        int chunk = used >>> chunkShift;
        if (chunks[chunk] == null) {
            int rows = Math.min(1 << chunkShift, capacity - (chunk << chunkShift));
            chunks[chunk] = new float[rows * rowSize];
        }
        return used++;
    }

    private void growPlaces(int places) {
        keys = Arrays.copyOf(keys, places);
        headers = Arrays.copyOf(headers, 2 * places);
        flags = Arrays.copyOf(flags, places);
        index = new int[HashCommon.nextPowerOfTwo(2 * places)];
        for (int place = 0; place < used; place++) {
            link(place);
        }
    }

    /** Frees the place under the hand, or the first after it that was not referenced. */
    private int evict() {
        while ((flags[hand] & REFERENCED) != 0) {
            flags[hand] &= ~REFERENCED;
            advance();
        }
        int place = hand;
        advance();
        if (isDirty(place)) {
            write(place);
        }
        if ((flags[place] & CHANGED) != 0) {
            show(place, view);
            leaving.add(keys[place], exists(place) ? view : null);
        }
        unlink(place);
        evictions++;
        return place;
    }

    private void advance() {
        hand = hand + 1 == capacity ? 0 : hand + 1;
    }

    // -- index

    private static int home(long key, int mask) {
        return (int) HashCommon.mix(key) & mask;
    }

    private void link(int place) {
        int mask = index.length - 1;
        int i = home(keys[place], mask);
        while (index[i] != 0) {
            i = (i + 1) & mask;
        }
        index[i] = place + 1;
    }

    private void unlink(int place) {
        int mask = index.length - 1;
        int gap = home(keys[place], mask);
        while (index[gap] != place + 1) {
            gap = (gap + 1) & mask;
        }
        for (int i = (gap + 1) & mask; index[i] != 0; i = (i + 1) & mask) {
            int home = home(keys[index[i] - 1], mask);
            // An entry may move back to the gap unless its home lies behind the gap.
            if (((i - home) & mask) >= ((i - gap) & mask)) {
                index[gap] = index[i];
                gap = i;
            }
        }
        index[gap] = 0;
    }

    /** Takes note of changed rows. */
    interface ChangedRows {
        /**
         * @param row null when it does not exist any more
         */
        void add(long key, @Nullable RowBuffer row);
    }
}
