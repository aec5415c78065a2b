package io.millrace.jobs.train;

import io.millrace.model.parameter.ExpiryIndex;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * The expiry index in Flink's keyed state, beside the rows, so that it is rescaled with them.
 *
 * <p><b>Layout.</b> The rows of a key group that are due within a span of time are one map from key
 * to time, a <em>bucket</em>. Its state key is made up: the end of the span in the upper bits, and
 * below the first number that falls into this key group. A bucket at time 0 lists the group's
 * buckets, by their ends, with their spans; the list is kept in memory, too.
 *
 * <p>A bucket that is partly due would be read whole each time that something is taken, until all
 * of it is. So one that is not small is split: its entries move to buckets of a shorter span. Since
 * that costs more than to read it, only some are split at a time.
 *
 * <p>The table's clock is kept in these lists: each key group has it, and a shard goes on from the
 * latest of its groups.
 */
final class StateExpiryIndex implements ExpiryIndex {

    /** Buckets that a lifetime is divided into. */
    private static final long BUCKETS = 256;

    /** Buckets that one is divided into when it is split. */
    private static final long PIECES = 256;

    /** Entries that may be read again and again. */
    private static final int SMALL = 64;

    /** When so many entries were moved, no other bucket is split this time. */
    private static final int MANY_MOVED = 4096;

    /** For the number that picks the key group: so many that there is one for each. */
    private static final int NUMBER_BITS = 20;

    private static final long LAST_END = (1L << (Long.SIZE - 1 - NUMBER_BITS)) - 1;
    private static final long LIST = 0;

    /** The clock's key in a list. */
    private static final long CLOCK = -1;

    private final MapState<Long, Long> state;
    private final LongConsumer select;
    private final ParameterLayout layout;
    private final KeyGroupRange groups;
    private final int maxParallelism;

    /** By key group from the first, its buckets by their ends. */
    private final List<TreeMap<Long, Bucket>> buckets = new ArrayList<>();

    private final long[] lists;

    /**
     * @param state empty, or what an index has kept in it
     * @param select makes a key the current one
     * @param groups of the keys that this index is for
     */
    StateExpiryIndex(
            MapState<Long, Long> state,
            LongConsumer select,
            ParameterLayout layout,
            KeyGroupRange groups,
            int maxParallelism) {
        this.state = state;
        this.select = select;
        this.layout = layout;
        this.groups = groups;
        this.maxParallelism = maxParallelism;
        lists = new long[groups.getNumberOfKeyGroups()];
        for (int group : groups) {
            buckets.add(new TreeMap<>());
            lists[group - groups.getStartKeyGroup()] = stateKey(group, LIST);
        }
    }

    /**
     * Reads which buckets there are.
     *
     * @return the clock when it was {@linkplain #saveClock saved}, or the least time
     */
    long restore() throws Exception {
        long clock = Long.MIN_VALUE;
        for (int i = 0; i < lists.length; i++) {
            select.accept(lists[i]);
            for (Map.Entry<Long, Long> entry : state.entries()) {
                if (entry.getKey() == CLOCK) {
                    clock = Math.max(clock, entry.getValue());
                } else {
                    long key = stateKey(groups.getStartKeyGroup() + i, entry.getKey());
                    buckets.get(i).put(entry.getKey(), new Bucket(key, entry.getValue()));
                }
            }
        }
        return clock;
    }

    void saveClock(long clock) throws Exception {
        for (long list : lists) {
            select.accept(list);
            state.put(CLOCK, clock);
        }
    }

    @Override
    public void add(long key, long due) {
        long span = span(key);
        long end = end(due, span);
        if (end > LAST_END) {
            return;
        }
        try {
            Bucket bucket = bucket(group(key), end, span);
            select.accept(bucket.key);
            state.put(key, due);
        } catch (Exception e) {
            throw new IllegalStateException("the index of rows that expire cannot be written", e);
        }
    }

    @Override
    public void take(long clock, LongArrayList keys) {
        try {
            int moved = 0;
            for (int group : groups) {
                for (long end : partlyDue(group, clock)) {
                    moved += takeFrom(group, end, clock, keys, moved < MANY_MOVED);
                }
            }
        } catch (Exception e) {
            throw new IllegalStateException("the index of rows that expire cannot be read", e);
        }
    }

    /** The ends of a group's buckets in which something may be due. */
    private LongArrayList partlyDue(int group, long clock) {
        LongArrayList ends = new LongArrayList();
        bucketsOf(group)
                .forEach(
                        (end, bucket) -> {
                            if (end - bucket.span < clock) {
                                ends.add(end.longValue());
                            }
                        });
        return ends;
    }

    /**
     * Takes what is due from a bucket.
     *
     * @param maySplit whether the rest may be moved to others
     * @return entries moved
     */
    private int takeFrom(int group, long end, long clock, LongArrayList keys, boolean maySplit)
            throws Exception {
        Bucket bucket = Objects.requireNonNull(bucketsOf(group).get(end));
        select.accept(bucket.key);
        int from = keys.size();
        LongArrayList rest = new LongArrayList();
        LongArrayList dues = new LongArrayList();
        for (Map.Entry<Long, Long> entry : state.entries()) {
            if (entry.getValue() < clock) {
                keys.add(entry.getKey().longValue());
            } else {
                rest.add(entry.getKey().longValue());
                dues.add(entry.getValue().longValue());
            }
        }
        boolean isSplit = maySplit && rest.size() > SMALL && bucket.span > 1;
        if (!rest.isEmpty() && !isSplit) {
            for (int i = from; i < keys.size(); i++) {
                state.remove(keys.getLong(i));
            }
            return 0;
        }
        state.clear();
        bucketsOf(group).remove(end);
        select.accept(list(group));
        state.remove(end);
        long span = Math.max(1, bucket.span / PIECES);
        for (int i = 0; i < rest.size(); i++) {
            long due = dues.getLong(i);
            // At the end of the bucket the pieces need not end as it does.
            move(group, rest.getLong(i), due, Math.min(end, end(due, span)), span);
        }
        return rest.size();
    }

    /** Adds an entry where there may be one of the same key, of which the earlier stays. */
    private void move(int group, long key, long due, long end, long span) throws Exception {
        boolean isNew = !bucketsOf(group).containsKey(end);
        select.accept(bucket(group, end, span).key);
        Long other = isNew ? null : state.get(key);
        if (other == null || other > due) {
            state.put(key, due);
        }
    }

    private static long end(long due, long span) {
        return (Math.max(1, due) + span - 1) / span * span;
    }

    private TreeMap<Long, Bucket> bucketsOf(int group) {
        return buckets.get(group - groups.getStartKeyGroup());
    }

    private long list(int group) {
        return lists[group - groups.getStartKeyGroup()];
    }

    private Bucket bucket(int group, long end, long span) throws Exception {
        Bucket bucket = bucketsOf(group).get(end);
        if (bucket == null || bucket.span < span) {
            bucket = new Bucket(bucket == null ? stateKey(group, end) : bucket.key, span);
            bucketsOf(group).put(end, bucket);
            select.accept(list(group));
            state.put(end, span);
        }
        return bucket;
    }

    private long span(long key) {
        Duration ttl = layout.slot(ParameterKey.slot(key)).vocabulary().ttl();
        return ttl == null ? 1 : Math.max(1, ttl.toMillis() / BUCKETS);
    }

    private long stateKey(int group, long end) {
        long key = end << NUMBER_BITS;
        while (group(key) != group) {
            key++;
        }
        return key;
    }

    private int group(long key) {
        return KeyGroupRangeAssignment.computeKeyGroupForKeyHash(
                Long.hashCode(key), maxParallelism);
    }

    /**
     * @param key its state key
     * @param span how far before its end it may have begun
     */
    private record Bucket(long key, long span) {}
}
