package io.millrace.model.parameter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The heart of a parameter shard: answers pulls and applies pushes over a {@link RowStore}, through
 * a bounded write-back cache, and notes which rows a model version has yet to carry.
 *
 * <p>Rows of one size share a {@link RowCache}. The dense blocks have one of their own that holds
 * all of them, since every micro-batch needs them all; the rest of the memory gives each sparse
 * slot the same number of rows.
 *
 * <p>Until {@link #flush} the store lacks what was pushed lately; a checkpoint flushes first. The
 * table must be the only writer of its store's rows. Used by one thread; when the store throws, the
 * table must not be used any more.
 */
public final class ParameterTable {

    private final ParameterLayout layout;
    private final RowStore store;
    private final ChangedKeys changes = new ChangedKeys();
    private final List<RowCache> caches = new ArrayList<>();
    private final RowCache[] cacheOfSlot;
    private long hits;
    private long misses;

    /**
     * Makes a table whose caches grow up to {@code cacheBytes} in all.
     *
     * @throws IllegalArgumentException when that does not hold every dense block and one row of
     *     each sparse slot, saying how much would
     */
    public ParameterTable(ParameterLayout layout, RowStore store, long cacheBytes) {
        this.layout = layout;
        this.store = store;
        cacheOfSlot = new RowCache[layout.slots()];
        int denseSize = size(ParameterKey.DENSE_SLOT);
        int blocks = layout.dense().blocks();
        long denseBytes = blocks * RowCache.bytes(denseSize);
        long oneRowOfEach = 0;
        for (int slot = 1; slot < layout.slots(); slot++) {
            oneRowOfEach += RowCache.bytes(size(slot));
        }
        if (cacheBytes < denseBytes + oneRowOfEach) {
            throw tooSmall(cacheBytes, blocks, denseBytes, oneRowOfEach);
        }
        cacheOfSlot[ParameterKey.DENSE_SLOT] = addCache(denseSize, Math.max(1, blocks));
        if (layout.slots() > 1) {
            addSparseCaches((cacheBytes - denseBytes) / oneRowOfEach);
        }
    }

    /**
     * Copies the weights of {@code keys[from..to)} one after another to {@code out} from {@code
     * at}. A row that does not exist yet answers with its initial weights and is not created.
     */
    public void pull(long[] keys, int from, int to, float[] out, int at) {
        int end = at;
        for (int i = from; i < to; i++) {
            RowCache cache = cacheOf(keys[i]);
            int place = cache.find(keys[i]);
            if (place == RowCache.NOT_CACHED) {
                place = load(cache, keys[i]);
            } else {
                hits++;
                cache.reference(place);
            }
            int width = layout.width(keys[i]);
            System.arraycopy(cache.array(place), cache.offset(place), out, end, width);
            end += width;
        }
    }

    /**
     * Updates the rows of {@code keys[from..to)} with their optimizers, creating those that do not
     * exist yet.
     *
     * @param examples at the same positions as the keys, how many examples each gradient sums
     * @param gradients the gradients one after another from {@code at}, as wide as the rows'
     *     weights
     * @param eventTime largest event time of the micro-batch, milliseconds since the epoch
     */
    public void push(
            long[] keys,
            int from,
            int to,
            int[] examples,
            float[] gradients,
            int at,
            long eventTime) {
        int start = at;
        for (int i = from; i < to; i++) {
            RowCache cache = cacheOf(keys[i]);
            int place = cache.find(keys[i]);
            if (place == RowCache.NOT_CACHED) {
                place = load(cache, keys[i]);
            } else {
                hits++;
            }
            RowLayout row = layout.of(keys[i]);
            row.optimizer()
                    .update(cache.array(place), cache.offset(place), row.width(), gradients, start);
            cache.updated(place, examples[i], eventTime);
            changes.add(keys[i]);
            start += row.width();
        }
    }

    /**
     * Copies the current content of a row, pushes not yet flushed included, to the beginning of the
     * buffer's array, which is replaced when it is too short.
     *
     * @return false when the row does not exist; {@code into} is then unspecified
     */
    public boolean read(long key, RowBuffer into) {
        RowCache cache = cacheOf(key);
        boolean fits = into.values.length >= cache.rowSize();
        into.over(fits ? into.values : new float[cache.rowSize()], 0, cache.rowSize());
        int place = cache.find(key);
        if (place == RowCache.NOT_CACHED) {
            return store.read(key, into);
        }
        cache.copy(place, into);
        return cache.exists(place);
    }

    /**
     * Writes all rows changed since the last flush to the store, in key order; they stay cached.
     */
    public void flush() {
        int dirty = 0;
        for (RowCache cache : caches) {
            dirty += cache.dirty();
        }
        long[] keys = new long[dirty];
        int end = 0;
        for (RowCache cache : caches) {
            end = cache.dirtyKeys(keys, end);
        }
        for (long key : SortedKeys.ascending(keys)) {
            RowCache cache = cacheOf(key);
            cache.write(cache.find(key));
        }
    }

    /** The keys that the next model version has to carry. */
    public ChangedKeys changes() {
        return changes;
    }

    /** Pulled and pushed keys that were found in the cache. */
    public long hits() {
        return hits;
    }

    /** Pulled and pushed keys that had to be looked up in the store. */
    public long misses() {
        return misses;
    }

    /** Rows that had to leave the cache for others. */
    public long evictions() {
        return caches.stream().mapToLong(RowCache::evictions).sum();
    }

    /** Rows in the cache now, pulled ones that do not exist yet included. */
    public long cachedRows() {
        return caches.stream().mapToLong(RowCache::size).sum();
    }

    private int load(RowCache cache, long key) {
        misses++;
        int place = cache.load(key);
        if (!cache.exists(place)) {
            RowLayout row = layout.of(key);
            float[] values = cache.array(place);
            int state = cache.offset(place) + row.width();
            layout.initialize(key, values, cache.offset(place));
            Arrays.fill(values, state, cache.offset(place) + row.size(), 0f);
        }
        return place;
    }

    private RowCache cacheOf(long key) {
        int slot = ParameterKey.slot(key);
        if (slot >= cacheOfSlot.length) {
            throw new IllegalArgumentException(
                    "Key "
                            + Long.toHexString(key)
                            + " is of slot "
                            + slot
                            + ", but the model's slots end at "
                            + (cacheOfSlot.length - 1)
                            + ".");
        }
        return cacheOfSlot[slot];
    }

    private IllegalArgumentException tooSmall(
            long cacheBytes, int blocks, long denseBytes, long oneRowOfEach) {
        return new IllegalArgumentException(
                "A row cache of "
                        + cacheBytes
                        + " bytes is too small: this model needs at least "
                        + (denseBytes + oneRowOfEach)
                        + " bytes, "
                        + denseBytes
                        + " for its dense weights ("
                        + blocks
                        + " rows) and "
                        + oneRowOfEach
                        + " for one row of each of its "
                        + (layout.slots() - 1)
                        + " sparse features.");
    }

    private int size(int slot) {
        return layout.slot(slot).size();
    }

    private void addSparseCaches(long rowsOfEachSlot) {
        for (int slot = 1; slot < layout.slots(); slot++) {
            if (cacheOfSlot[slot] == null) {
                shareCache(size(slot), rowsOfEachSlot);
            }
        }
    }

    /** One cache for all sparse slots whose rows have this size. */
    private void shareCache(int rowSize, long rowsOfEachSlot) {
        long rows = 0;
        for (int slot = 1; slot < layout.slots(); slot++) {
            rows += size(slot) == rowSize ? rowsOfEachSlot : 0;
        }
        RowCache cache = addCache(rowSize, (int) Math.min(rows, RowCache.MAX_ROWS));
        for (int slot = 1; slot < layout.slots(); slot++) {
            if (size(slot) == rowSize) {
                cacheOfSlot[slot] = cache;
            }
        }
    }

    private RowCache addCache(int rowSize, int capacity) {
        RowCache cache = new RowCache(rowSize, capacity, store);
        caches.add(cache);
        return cache;
    }
}
