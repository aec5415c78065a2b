package io.millrace.model.parameter;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.util.SortedMap;
import java.util.TreeMap;

/** An expiry index in plain memory, for learning without Flink. */
public final class MemoryExpiryIndex implements ExpiryIndex {

    private final TreeMap<Long, LongArrayList> keys = new TreeMap<>();

    @Override
    public void add(long key, long due) {
        keys.computeIfAbsent(due, time -> new LongArrayList(1)).add(key);
    }

    @Override
    public void take(long clock, LongArrayList into) {
        SortedMap<Long, LongArrayList> past = keys.headMap(clock);
        past.values().forEach(due -> into.addElements(into.size(), due.elements(), 0, due.size()));
        past.clear();
    }

    /** Number of entries. */
    public int size() {
        return keys.values().stream().mapToInt(LongArrayList::size).sum();
    }
}
