package io.millrace.model.stream;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The newest row of every key, in memory. Safe for use by several threads. */
public final class FeatureTable implements FeatureLookup {

    private static final byte[] NOTHING = {};

    private final Map<String, Map<String, byte[]>> groups = new ConcurrentHashMap<>();

    /**
     * Replaces a key's row.
     *
     * @throws DamagedRowException when the bytes are no row; the one before stays
     */
    public void put(String group, String key, byte[] row) {
        KeyRow.check(row);
        groups.computeIfAbsent(group, id -> new ConcurrentHashMap<>()).put(key, row.clone());
    }

    /** Forgets a key. */
    public void remove(String group, String key) {
        Map<String, byte[]> rows = groups.get(group);
        if (rows != null) {
            rows.remove(key);
        }
    }

    /** How many rows there are. */
    public long size() {
        return groups.values().stream().mapToLong(Map::size).sum();
    }

    @Override
    public byte[] row(String group, String key) {
        Map<String, byte[]> rows = groups.get(group);
        return rows == null ? NOTHING : rows.getOrDefault(key, NOTHING);
    }
}
