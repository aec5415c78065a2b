package io.millrace.model.parameter;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongList;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import it.unimi.dsi.fastutil.longs.LongSet;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * The keys of rows that were cut for a model version of which it is not known yet whether it is
 * complete.
 *
 * <p>A version is cut at a checkpoint that may still be aborted, and the news of its completion may
 * be missed. So a cut forgets nothing, and the next one carries its keys again; only {@link
 * #complete} forgets them. Whatever is lost on the way makes the next cut larger, never smaller.
 *
 * <p>Used by one thread.
 */
final class ChangedKeys {

    private final List<Cut> cuts = new ArrayList<>();
    private long lastCut = -1;

    /**
     * Takes the keys that changed since the cut before.
     *
     * @return those keys of earlier cuts that have not changed again, for this cut has to carry
     *     them too
     * @throws IllegalArgumentException when the checkpoint does not come after the last one cut
     */
    LongList cut(long checkpointId, long[] changedSinceLastCut) {
        if (checkpointId <= lastCut) {
            throw new IllegalArgumentException(
                    "Checkpoint "
                            + checkpointId
                            + " cannot be cut after checkpoint "
                            + lastCut
                            + "; checkpoint ids must ascend.");
        }
        lastCut = checkpointId;
        LongArrayList earlier = new LongArrayList();
        if (!cuts.isEmpty()) {
            LongSet newest = new LongOpenHashSet(changedSinceLastCut);
            cuts.replaceAll(cut -> cut.without(newest));
            cuts.forEach(cut -> earlier.addElements(earlier.size(), cut.keys()));
        }
        cuts.add(new Cut(checkpointId, changedSinceLastCut));
        return earlier;
    }

    /**
     * Forgets the keys whose last change precedes the cut at this checkpoint. A checkpoint that was
     * never cut here, such as one before a restore, carried nothing and changes nothing. A
     * savepoint is cut, but is no version, and nobody completes it.
     */
    void complete(long checkpointId) {
        for (int i = 0; i < cuts.size(); i++) {
            if (cuts.get(i).checkpointId() == checkpointId) {
                cuts.subList(0, i + 1).clear();
                return;
            }
        }
    }

    /** What changed in the interval before the barrier of a checkpoint, and not since. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Cut(long checkpointId, long[] keys) {

        Cut without(LongSet newer) {
            return new Cut(
                    checkpointId,
                    LongStream.of(keys).filter(key -> !newer.contains(key)).toArray());
        }
    }
}
