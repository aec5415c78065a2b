package io.millrace.model.stream;

/** Where a scorer finds what is kept for a key. Safe for use by several threads. */
public interface FeatureLookup {

    /** Knows nothing: every key is as if nothing had happened to it. */
    FeatureLookup NONE = (group, key) -> new byte[0];

    /**
     * The newest row of a key, as {@link KeyRow#encode} gives it; no bytes for an unknown key. The
     * caller leaves the bytes as they are.
     *
     * @param group id of a {@link KeyGroup}
     */
    byte[] row(String group, String key);
}
