package io.millrace.model.parameter;

import it.unimi.dsi.fastutil.longs.Long2IntMap;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongSet;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Changed rows that the next cut has to carry and that no cache flags, since they left it or were
 * never in it: their keys, and the weights of as many as the memory for them holds. To read them
 * back from the store at a barrier holds up training, so that is for the rest only.
 *
 * <p>Used by one thread.
 */
final class EvictedChanges {

    private static final int NO_COPY = -1;

    /** What an entry takes besides its weights: key, counts and where they lie. */
    private static final int HEAD_FLOATS = 10;

    private final long mostFloats;
    private final Long2IntOpenHashMap copyOfKey = new Long2IntOpenHashMap();
    private final RowCopies copies = new RowCopies();
    private long floats;

    /**
     * @param bytes memory for copies
     */
    EvictedChanges(long bytes) {
        mostFloats = bytes / Float.BYTES;
        copyOfKey.defaultReturnValue(NO_COPY);
    }

    /** Notes a row that leaves the cache; it will not change until it comes back there. */
    void add(long key, RowBuffer weights) {
        int copy = copyOfKey.get(key);
        int size = weights.candidate ? 0 : weights.size;
        if (copy != NO_COPY && copies.size(copy) == size) {
            copies.replace(copy, weights);
        } else if (floats + HEAD_FLOATS + size <= mostFloats) {
            floats += HEAD_FLOATS + size;
            copyOfKey.put(key, copies.size());
            copies.add(key, weights, false, true);
        } else {
            copyOfKey.put(key, NO_COPY);
        }
    }

    /** Notes a row that the store has. */
    void add(long key) {
        copyOfKey.putIfAbsent(key, NO_COPY);
    }

    /** Notes a row that was removed from the store, or is there in a newer form. */
    void addWithoutCopy(long key) {
        copyOfKey.put(key, NO_COPY);
    }

    /** The keys; one may be removed when a cache flags it. */
    LongSet keys() {
        return copyOfKey.keySet();
    }

    /**
     * Copies the rows and forgets them, reading those whose weights it has not got for as long as
     * their memory lasts. Of one that is not in the store there is a tombstone.
     *
     * @return the keys of those that were too many, in the store or not
     */
    long[] cut(RowCopies into, LongFunction<@Nullable RowBuffer> store) {
        RowBuffer row = new RowBuffer();
        LongArrayList tooMany = new LongArrayList();
        for (Long2IntMap.Entry entry : copyOfKey.long2IntEntrySet()) {
            long key = entry.getLongKey();
            if (entry.getIntValue() != NO_COPY) {
                copies.show(entry.getIntValue(), row);
                into.add(key, row, false, true);
            } else if (floats <= mostFloats) {
                floats += HEAD_FLOATS;
                RowBuffer read = store.apply(key);
                if (read == null) {
                    into.addTombstone(key);
                    continue;
                }
                floats += read.candidate ? 0 : read.size;
                into.add(key, read, false, true);
            } else {
                tooMany.add(key);
            }
        }
        copyOfKey.clear();
        copies.clear();
        floats = 0;
        return tooMany.toLongArray();
    }
}
