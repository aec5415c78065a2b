package io.millrace.model.parameter;

import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import java.util.ArrayList;
import java.util.List;

/**
 * The keys of rows that a model version has yet to carry: all that changed since the last version
 * known to be complete.
 *
 * <p>A version is cut at a checkpoint that may still be aborted, and the news of its completion may
 * be missed. So a cut forgets nothing; only {@link #complete} does, and only what that very cut
 * carried. Whatever is lost on the way makes the next cut larger, never smaller.
 *
 * <p>Each key is kept once, in the set of the interval between cuts in which it changed last. Used
 * by one thread.
 */
public final class ChangedKeys {

    /** The answer of {@link #lastComplete} before the first completion. */
    public static final long NONE = -1;

    private final List<Cut> cuts = new ArrayList<>();
    private LongOpenHashSet sinceCut = new LongOpenHashSet();
    private long lastCut = NONE;
    private long lastComplete = NONE;

    /** Notes that the row with this key has changed. */
    public void add(long key) {
        sinceCut.add(key);
    }

    /**
     * The keys changed since version {@link #lastComplete}, ascending as unsigned numbers; they
     * stay until {@link #complete} is told this checkpoint or a later cut.
     *
     * @throws IllegalArgumentException when the checkpoint does not come after the last one cut
     */
    public long[] cut(long checkpointId) {
        if (checkpointId <= lastCut) {
            throw new IllegalArgumentException(
                    "Checkpoint "
                            + checkpointId
                            + " cannot be cut after checkpoint "
                            + lastCut
                            + "; checkpoint ids must ascend.");
        }
        lastCut = checkpointId;
        moveToNewest();
        cuts.add(new Cut(checkpointId, sinceCut));
        sinceCut = new LongOpenHashSet(sinceCut.size());
        return carried();
    }

    /**
     * Forgets the keys whose last change precedes the cut at this checkpoint. A checkpoint that was
     * never cut here, such as a savepoint, carried nothing and changes nothing.
     */
    public void complete(long checkpointId) {
        for (int i = 0; i < cuts.size(); i++) {
            if (cuts.get(i).checkpointId() == checkpointId) {
                cuts.subList(0, i + 1).clear();
                lastComplete = checkpointId;
                return;
            }
        }
    }

    /** The checkpoint of the last version known to be complete, or {@link #NONE}. */
    public long lastComplete() {
        return lastComplete;
    }

    /** Number of keys that the next cut would carry. */
    public int size() {
        int size = sinceCut.size();
        for (Cut cut : cuts) {
            for (var keys = cut.keys().iterator(); keys.hasNext(); ) {
                size += sinceCut.contains(keys.nextLong()) ? 0 : 1;
            }
        }
        return size;
    }

    private void moveToNewest() {
        for (Cut cut : cuts) {
            for (var keys = sinceCut.iterator(); keys.hasNext(); ) {
                cut.keys().remove(keys.nextLong());
            }
        }
    }

    private long[] carried() {
        int size = 0;
        for (Cut cut : cuts) {
            size += cut.keys().size();
        }
        long[] all = new long[size];
        int at = 0;
        for (Cut cut : cuts) {
            for (var keys = cut.keys().iterator(); keys.hasNext(); ) {
                all[at++] = keys.nextLong();
            }
        }
        return SortedKeys.ascending(all);
    }

    /** What changed before the barrier of a checkpoint, and not since. */
    private record Cut(long checkpointId, LongOpenHashSet keys) {}
}
