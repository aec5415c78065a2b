package io.millrace.model.parameter;

import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;
import it.unimi.dsi.fastutil.longs.LongSet;

/**
 * Changed rows that the next cut has to carry and that no cache flags, since they left it or were
 * never in it: their keys, and the weights of as many as the memory for them holds. To read all of
 * them back from the store at a barrier would hold up training.
 *
 * <p>Used by one thread.
 */
final class EvictedChanges {

    private static final int NO_COPY = -1;

    private final long mostFloats;
    private final Long2IntOpenHashMap copyOfKey = new Long2IntOpenHashMap();
    private final RowCopies copies = new RowCopies();
    private long floats;

    /**
     * @param bytes memory for weights
     */
    EvictedChanges(long bytes) {
        mostFloats = bytes / Float.BYTES;
        copyOfKey.defaultReturnValue(NO_COPY);
    }

    /** Notes a row that leaves the cache; it will not change until it comes back there. */
    void add(long key, RowBuffer weights) {
        int copy = copyOfKey.get(key);
        if (copy != NO_COPY) {
            copies.replace(copy, weights);
        } else if (floats + weights.size <= mostFloats) {
            floats += weights.size;
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

    /** Forgets a row that a cache flags now. */
    void remove(long key) {
        copyOfKey.remove(key);
    }

    /** Points the buffer at a row's weights; false when there is no copy of them. */
    boolean show(long key, RowBuffer into) {
        int copy = copyOfKey.get(key);
        if (copy == NO_COPY) {
            return false;
        }
        copies.show(copy, into);
        return true;
    }

    /** The keys; not to be changed. */
    LongSet keys() {
        return copyOfKey.keySet();
    }

    void clear() {
        copyOfKey.clear();
        copies.clear();
        floats = 0;
    }
}
