package io.millrace.model.parameter;

import io.millrace.model.feature.Vocabulary;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongIterator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The heart of a parameter shard: answers pulls and applies pushes over a {@link RowStore}, through
 * a bounded write-back cache, and notes which rows a model version has yet to carry.
 *
 * <p>Rows of one size share a {@link RowCache}. The dense blocks have one of their own that holds
 * all of them, since every micro-batch needs them all; the rest of the memory gives each sparse
 * slot the same number of rows.
 *
 * <p>The store lacks rows that only the cache has yet, which a checkpoint has to save beside it;
 * {@link #writeResting} keeps them few. The table must be the only writer of its store's rows. Used
 * by one thread; when the store throws, the table must not be used any more.
 */
public final class ParameterTable {

    /** Rows to be fetched from memory at once: they stay in the first two levels of cache. */
    private static final int AT_ONCE = 128;

    /** Memory for weights that leave even a small cache between two cuts. */
    private static final long LEAST_BYTES_EVICTED = 64 << 20;

    private static final long NEVER = Long.MAX_VALUE;

    private final ParameterLayout layout;
    private final RowStore store;
    private final ChangedKeys cuts = new ChangedKeys();
    private final EvictedChanges evicted;
    private final List<RowCache> caches = new ArrayList<>();
    private final RowCache[] cacheOfSlot;
    private final RowLayout[] layoutOfSlot;

    /**
     * Whether a slot is more than weights by value: its vocabulary is not open, or it is moments.
     */
    private final boolean[] isSpecial;

    private final ExpiryIndex expiry;
    private final RowBuffer weights = new RowBuffer();
    private final RowBuffer rowBefore = new RowBuffer();
    private float[] rowRoom = new float[0];
    private @Nullable FrozenWeights frozen;
    private long clock = Long.MIN_VALUE;
    private long hits;
    private long misses;
    private long candidates;
    private long admitted;
    private long expired;

    /** Written, so that the compiler cannot leave out the reads; what it is does not matter. */
    @SuppressWarnings("UnusedVariable")
    private float touched;

    /**
     * Makes a table whose caches grow up to {@code cacheBytes} in all.
     *
     * @throws IllegalArgumentException when that does not hold every dense block and one row of
     *     each sparse slot, saying how much would
     */
    public ParameterTable(ParameterLayout layout, RowStore store, long cacheBytes) {
        this(layout, store, new MemoryExpiryIndex(), cacheBytes);
    }

    /**
     * The same with an index of its rows by time, which must be as old as the store.
     *
     * @throws IllegalArgumentException as above
     */
    public ParameterTable(
            ParameterLayout layout, RowStore store, ExpiryIndex expiry, long cacheBytes) {
        this(layout, store, expiry, cacheBytes, Math.max(cacheBytes / 2, LEAST_BYTES_EVICTED));
    }

    ParameterTable(ParameterLayout layout, RowStore store, long cacheBytes, long evictedBytes) {
        this(layout, store, new MemoryExpiryIndex(), cacheBytes, evictedBytes);
    }

    /**
     * @param evictedBytes memory for copies of changed rows that left the cache, and once more for
     *     those that a cut reads back
     */
    ParameterTable(
            ParameterLayout layout,
            RowStore store,
            ExpiryIndex expiry,
            long cacheBytes,
            long evictedBytes) {
        this.layout = layout;
        this.store = store;
        this.expiry = expiry;
        evicted = new EvictedChanges(evictedBytes);
        cacheOfSlot = new RowCache[layout.slots()];
        layoutOfSlot = new RowLayout[layout.slots()];
        Arrays.setAll(layoutOfSlot, layout::slot);
        isSpecial = new boolean[layout.slots()];
        for (int slot = 1; slot < layout.slots(); slot++) {
            isSpecial[slot] = layout.isMoments(slot) || !layoutOfSlot[slot].vocabulary().isOpen();
        }
        int denseSize = size(ParameterKey.DENSE_SLOT);
        int blocks = layout.dense().blocks();
        long denseBytes = denseBytes(layout);
        long oneRowOfEach = 0;
        for (int slot = 1; slot <= layout.sparse(); slot++) {
            oneRowOfEach += RowCache.bytes(size(slot));
        }
        if (cacheBytes < denseBytes + oneRowOfEach) {
            throw tooSmall(cacheBytes, denseBytes, oneRowOfEach);
        }
        cacheOfSlot[ParameterKey.DENSE_SLOT] = addCache(denseSize, Math.max(1, blocks));
        int moments = layout.slots() - 1 - layout.sparse();
        if (moments > 0) {
            RowCache cache = addCache(size(layout.momentsSlot(0)), moments);
            Arrays.fill(cacheOfSlot, layout.momentsSlot(0), layout.slots(), cache);
        }
        if (layout.sparse() > 0) {
            addSparseCaches((cacheBytes - denseBytes) / oneRowOfEach);
        }
    }

    /** Bytes of cache that hold the dense blocks and at least so many sparse rows. */
    public static long cacheBytes(ParameterLayout layout, long sparseRows) {
        long bytes = denseBytes(layout);
        int slots = layout.sparse();
        for (int slot = 1; slot <= slots; slot++) {
            bytes += (sparseRows / slots + 1) * RowCache.bytes(layout.slot(slot).size());
        }
        return bytes;
    }

    /** Bytes of cache for what every micro-batch needs. */
    private static long denseBytes(ParameterLayout layout) {
        long bytes = layout.dense().blocks() * RowCache.bytes(layout.slot(0).size());
        for (int slot = layout.sparse() + 1; slot < layout.slots(); slot++) {
            bytes += RowCache.bytes(layout.slot(slot).size());
        }
        return bytes;
    }

    /**
     * Moves the clock, by which rows expire, to this event time unless it is there already.
     * Milliseconds since the epoch.
     */
    public void advance(long eventTime) {
        clock = Math.max(clock, eventTime);
    }

    /** The largest event time that the table has been told. */
    public long clock() {
        return clock;
    }

    /**
     * Copies the weights of {@code keys[from..to)} one after another to {@code out} from {@code
     * at}. A row that has expired by the clock is removed. A row that does not exist yet answers
     * with its initial weights and is not created.
     *
     * @return where the rows lie, for the {@link #push} that follows: a hint that spares its search
     */
    public int[] pull(long[] keys, int from, int to, float[] out, int at) {
        // Searches wait for memory; in a loop of their own the processor overlaps them.
        int[] places = new int[to - from];
        for (int i = from; i < to; i++) {
            places[i - from] = cacheOf(keys[i]).find(keys[i]);
        }
        int end = at;
        for (int i = from; i < to; i++) {
            RowCache cache = cacheOf(keys[i]);
            int place = places[i - from];
            if (cache.isAt(place, keys[i])) {
                hits++;
                cache.reference(place);
            } else {
                place = findOrLoad(cache, keys[i]);
                places[i - from] = place;
            }
            if (isSpecial[ParameterKey.slot(keys[i])]) {
                removeIfExpired(cache, place, keys[i]);
            }
            int width = layoutOfSlot[ParameterKey.slot(keys[i])].width();
            System.arraycopy(cache.array(place), cache.offset(place), out, end, width);
            end += width;
        }
        return places;
    }

    /**
     * Copies how many examples have updated each row of {@code keys[from..to)} to {@code out} from
     * {@code at}: 0 for a row that does not exist yet.
     *
     * @param places what {@link #pull} returned for these keys; put right where a row has moved
     */
    public void examples(long[] keys, int from, int to, int[] places, long[] out, int at) {
        for (int i = from; i < to; i++) {
            RowCache cache = cacheOf(keys[i]);
            int place = places[i - from];
            if (!cache.isAt(place, keys[i])) {
                place = findOrLoad(cache, keys[i]);
                places[i - from] = place;
            }
            out[at + i - from] = cache.examples(place);
        }
    }

    /**
     * Writes which row stands for each of {@code keys[from..to)} to {@code out} from {@code at}, as
     * {@link Standing} has it.
     *
     * @param places what {@link #pull} returned for these keys; put right where a row has moved
     */
    public void standings(long[] keys, int from, int to, int[] places, byte[] out, int at) {
        for (int i = from; i < to; i++) {
            out[at + i - from] = Standing.OWN;
            Vocabulary vocabulary = layoutOfSlot[ParameterKey.slot(keys[i])].vocabulary();
            if (vocabulary.minCount() == 0 || !ParameterKey.isValue(keys[i])) {
                continue;
            }
            RowCache cache = cacheOf(keys[i]);
            int place = places[i - from];
            if (!cache.isAt(place, keys[i])) {
                place = findOrLoad(cache, keys[i]);
                places[i - from] = place;
            }
            out[at + i - from] =
                    cache.exists(place)
                            ? Standing.of(
                                    cache.hasWeights(place), cache.examples(place), vocabulary)
                            : Standing.UNSEEN;
        }
    }

    /**
     * Updates the rows of {@code keys[from..to)} with their optimizers, creating those that do not
     * exist yet.
     *
     * @param examples at the same positions as the keys, how many examples each gradient sums; for
     *     a key of a slot whose vocabulary is not open, less than 0 has so many only counted, and 0
     *     has the key left alone
     * @param gradients the gradients one after another from {@code at}, as wide as the rows'
     *     weights
     * @param eventTime largest event time of the micro-batch, milliseconds since the epoch
     * @param places what {@link #pull} returned for these keys, or null
     */
    public void push(
            long[] keys,
            int from,
            int to,
            int[] examples,
            float[] gradients,
            int at,
            long eventTime,
            int @Nullable [] places) {
        int start = at;
        for (int i = from; i < to; i++) {
            if (places != null && (i - from) % AT_ONCE == 0) {
                touch(keys, i, Math.min(to, i + AT_ONCE), places, from);
            }
            RowCache cache = cacheOf(keys[i]);
            int place = places == null ? RowCache.NOT_CACHED : places[i - from];
            if (cache.isAt(place, keys[i])) {
                hits++;
            } else {
                place = findOrLoad(cache, keys[i]);
            }
            int slot = ParameterKey.slot(keys[i]);
            RowLayout row = layoutOfSlot[slot];
            if (isSpecial[slot]) {
                update(cache, place, keys[i], examples[i], gradients, start, eventTime);
            } else {
                if (frozen != null) {
                    frozen.save(keys[i], cache.array(place), cache.offset(place), row.width());
                }
                row.optimizer()
                        .update(
                                cache.array(place),
                                cache.offset(place),
                                row.width(),
                                gradients,
                                start);
                cache.updated(place, examples[i], eventTime);
            }
            start += row.width();
        }
    }

    /** Updates or counts a row of a slot that is not just weights by value. */
    private void update(
            RowCache cache,
            int place,
            long key,
            int examples,
            float[] gradients,
            int at,
            long eventTime) {
        if (examples == 0) {
            return;
        }
        RowLayout row = layout.of(key);
        boolean isNew = !cache.exists(place);
        saveFrozen(cache, place, key);
        if (layout.isMoments(row.slot())) {
            Moments.merge(
                    cache.array(place),
                    cache.offset(place),
                    cache.examples(place),
                    gradients,
                    at,
                    examples);
            cache.updated(place, examples, eventTime);
            return;
        }
        if (examples < 0) {
            candidates += isNew ? 1 : 0;
            cache.counted(place, -examples, eventTime);
        } else {
            boolean isAdmission =
                    row.vocabulary().minCount() > 0
                            && ParameterKey.isValue(key)
                            && !cache.hasWeights(place);
            admitted += isAdmission ? 1 : 0;
            row.optimizer()
                    .update(cache.array(place), cache.offset(place), row.width(), gradients, at);
            cache.updated(place, examples, eventTime);
        }
        if (isNew) {
            index(key, eventTime);
        }
    }

    private void saveFrozen(RowCache cache, int place, long key) {
        if (frozen != null) {
            RowBuffer before = null;
            if (cache.exists(place)) {
                before = rowBefore;
                cache.show(place, before);
            }
            frozen.save(key, before);
        }
    }

    private void removeIfExpired(RowCache cache, int place, long key) {
        if (cache.exists(place) && due(key, cache.lastEventTime(place)) < clock) {
            saveFrozen(cache, place, key);
            cache.remove(place);
            initialize(cache, place, key);
            store.remove(key);
            expired++;
        }
    }

    /** When a row expires whose last example had this time; never if it is to stay. */
    private long due(long key, long lastEventTime) {
        Duration ttl = layout.of(key).vocabulary().ttl();
        return ttl == null || !ParameterKey.isValue(key) ? NEVER : lastEventTime + ttl.toMillis();
    }

    /**
     * Removes all rows that have expired by the clock, so that the next cut does not have them. No
     * pull may wait for its push meanwhile.
     */
    public void removeExpired() {
        if (!layout.expires()) {
            return;
        }
        LongArrayList keys = new LongArrayList();
        expiry.take(clock, keys);
        for (int i = 0; i < keys.size(); i++) {
            long key = keys.getLong(i);
            RowCache cache = cacheOf(key);
            int place = cache.find(key);
            if (place != RowCache.NOT_CACHED) {
                removeIfExpired(cache, place, key);
            }
            if (!read(key, rowBefore)) {
                continue;
            }
            long due = due(key, rowBefore.lastEventTime);
            if (due < clock) {
                if (frozen != null) {
                    frozen.save(key, rowBefore);
                }
                evicted.addWithoutCopy(key);
                store.remove(key);
                expired++;
            } else {
                index(key, rowBefore.lastEventTime);
            }
        }
    }

    /** Notes when a row expires that the store has, whose index is yet to be made. */
    public void index(long key) {
        if (layout.of(key).vocabulary().ttl() != null && read(key, rowBefore)) {
            index(key, rowBefore.lastEventTime);
        }
    }

    private void index(long key, long lastEventTime) {
        long due = due(key, lastEventTime);
        if (due != NEVER) {
            expiry.add(key, due);
        }
    }

    /** From now on saves there what weights rows have before a push changes them. */
    public void saveTo(FrozenWeights past) {
        frozen = past;
    }

    /** Reads a little of each row, so that the processor overlaps its waits for memory. */
    private void touch(long[] keys, int from, int to, int[] places, int firstPlace) {
        float sum = 0;
        for (int i = from; i < to; i++) {
            RowCache cache = cacheOf(keys[i]);
            int place = places[i - firstPlace];
            if (cache.isAt(place, keys[i])) {
                sum += cache.touch(place);
            }
        }
        touched = sum;
    }

    /**
     * Goes over a share of the cached rows and writes to the store those that changed, but not
     * lately: not since the last time that it came by.
     *
     * @param share of all cached rows, above 0; at 1 it comes by each of them
     */
    public void writeResting(double share) {
        for (RowCache cache : caches) {
            cache.writeResting((int) Math.ceil(share * cache.size()));
        }
    }

    /**
     * Copies what a checkpoint has to save beside the store, and what its version has to carry: the
     * rows changed since the last version known to be complete.
     *
     * @return the keys of changed rows for which there was no memory, ascending as unsigned
     *     numbers; until the next pull or push {@link #read} gives them, and those that it does not
     *     find were removed
     * @throws IllegalArgumentException when the checkpoint does not come after the last one cut
     */
    public long[] cut(long checkpointId, RowCopies into) {
        cuts.cut(checkpointId, changedSinceLastCut()).forEach((long key) -> flagChanged(key));
        for (RowCache cache : caches) {
            cache.cut(into);
        }
        return SortedKeys.ascending(evicted.cut(into, this::weights));
    }

    /** Copies what a checkpoint has to save beside the store, when it is not to be a version. */
    public void copyUnwritten(RowCopies into) {
        for (RowCache cache : caches) {
            cache.copyDirty(into);
        }
    }

    /** Notes that the version at this checkpoint is complete; its rows need not be cut again. */
    public void complete(long checkpointId) {
        cuts.complete(checkpointId);
    }

    /** Makes the next cut carry this row whether or not it changes. */
    public void addToNextCut(long key) {
        evicted.add(key);
    }

    /**
     * Points the buffer at the current content of a row, which is not to be written to and is good
     * until the next call.
     *
     * @return false when the row does not exist; {@code into} is then unspecified
     */
    public boolean read(long key, RowBuffer into) {
        RowCache cache = cacheOf(key);
        int place = cache.find(key);
        if (place != RowCache.NOT_CACHED) {
            cache.show(place, into);
            return cache.exists(place);
        }
        if (rowRoom.length < cache.rowSize()) {
            rowRoom = new float[cache.rowSize()];
        }
        return store.read(key, into.over(rowRoom, 0, cache.rowSize()));
    }

    /** Values that began to be counted since the table was made. */
    public long candidates() {
        return candidates;
    }

    /** Values that were given a row of their own, having been counted often enough. */
    public long admitted() {
        return admitted;
    }

    /** Rows that were removed because they had expired. */
    public long expired() {
        return expired;
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

    /** Flags as changed in the cache whatever is there, so that no row is cut twice. */
    private long[] changedSinceLastCut() {
        for (LongIterator keys = evicted.keys().iterator(); keys.hasNext(); ) {
            long key = keys.nextLong();
            RowCache cache = cacheOf(key);
            int place = cache.find(key);
            if (place != RowCache.NOT_CACHED) {
                cache.setChanged(place);
                keys.remove();
            }
        }
        LongArrayList changed = new LongArrayList(evicted.keys());
        for (RowCache cache : caches) {
            cache.changedKeys(changed);
        }
        return changed.toLongArray();
    }

    private void flagChanged(long key) {
        RowCache cache = cacheOf(key);
        int place = cache.find(key);
        if (place == RowCache.NOT_CACHED) {
            evicted.add(key);
        } else {
            cache.setChanged(place);
        }
    }

    private void addEvicted(long key, @Nullable RowBuffer row) {
        if (row == null) {
            evicted.addWithoutCopy(key);
        } else {
            evicted.add(key, withoutState(key, row));
        }
    }

    private @Nullable RowBuffer weights(long key) {
        return read(key, weights) ? withoutState(key, weights) : null;
    }

    /** Only weights are cut. */
    private RowBuffer withoutState(long key, RowBuffer row) {
        return row.over(row.values, row.at, layout.width(key));
    }

    private int findOrLoad(RowCache cache, long key) {
        int place = cache.find(key);
        if (place == RowCache.NOT_CACHED) {
            return load(cache, key);
        }
        hits++;
        return place;
    }

    private int load(RowCache cache, long key) {
        misses++;
        int place = cache.load(key);
        if (!cache.hasWeights(place)) {
            initialize(cache, place, key);
        }
        return place;
    }

    private void initialize(RowCache cache, int place, long key) {
        RowLayout row = layout.of(key);
        float[] values = cache.array(place);
        int state = cache.offset(place) + row.width();
        layout.initialize(key, values, cache.offset(place));
        Arrays.fill(values, state, cache.offset(place) + row.size(), 0f);
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

    private IllegalArgumentException tooSmall(long cacheBytes, long denseBytes, long oneRowOfEach) {
        int blocks = layout.dense().blocks();
        int moments = layout.slots() - 1 - layout.sparse();
        return new IllegalArgumentException(
                "A row cache of "
                        + cacheBytes
                        + " bytes is too small: this model needs at least "
                        + (denseBytes + oneRowOfEach)
                        + " bytes, "
                        + denseBytes
                        + " for its dense weights ("
                        + blocks
                        + " rows)"
                        + (moments > 0 ? " and " + moments + " running numbers" : "")
                        + " and "
                        + oneRowOfEach
                        + " for one row of each of its "
                        + layout.sparse()
                        + " sparse features.");
    }

    private int size(int slot) {
        return layout.slot(slot).size();
    }

    private void addSparseCaches(long rowsOfEachSlot) {
        for (int slot = 1; slot <= layout.sparse(); slot++) {
            if (cacheOfSlot[slot] == null) {
                shareCache(size(slot), rowsOfEachSlot);
            }
        }
    }

    /** One cache for all sparse slots whose rows have this size. */
    private void shareCache(int rowSize, long rowsOfEachSlot) {
        long rows = 0;
        for (int slot = 1; slot <= layout.sparse(); slot++) {
            rows += size(slot) == rowSize ? rowsOfEachSlot : 0;
        }
        RowCache cache = addCache(rowSize, (int) Math.min(rows, RowCache.MAX_ROWS));
        for (int slot = 1; slot <= layout.sparse(); slot++) {
            if (size(slot) == rowSize) {
                cacheOfSlot[slot] = cache;
            }
        }
    }

    private RowCache addCache(int rowSize, int capacity) {
        RowCache cache = new RowCache(rowSize, capacity, store, this::addEvicted);
        caches.add(cache);
        return cache;
    }
}
