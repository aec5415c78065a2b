package io.millrace.model.parameter;

import it.unimi.dsi.fastutil.longs.LongArrayList;

/**
 * When to look which row up, whether it has expired: an index of keys by time, so that nobody has
 * to go over all rows. A row has an entry when it comes into being; examples that come later do not
 * move it. Used by one thread.
 */
public interface ExpiryIndex {

    /** Notes to look at this key when the clock is past {@code due}. A second time does no harm. */
    void add(long key, long due);

    /** Forgets all entries whose time is before the clock, and adds their keys to the list. */
    void take(long clock, LongArrayList keys);
}
