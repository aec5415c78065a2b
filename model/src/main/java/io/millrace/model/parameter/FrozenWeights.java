package io.millrace.model.parameter;

import it.unimi.dsi.fastutil.longs.Long2LongOpenHashMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * All weights of a table as they were at moments past, of which there are several independent
 * series. A moment is called by a number that rises within its series.
 *
 * <p>Copy on write: a row is saved when it changes for the first time after the newest moment of a
 * series. So at any moment it had the weights saved at that moment or, if none were, at the next
 * one after it, and so on; or else those that it has now. A row that did not exist yet had its
 * initial weights, with which the table brings it up, and which serving gives a value that it does
 * not know. Memory grows with the rows that changed since the oldest moment that is kept.
 *
 * <p>Used by one thread, that of the table, which is told by {@link ParameterTable#saveTo}.
 */
public final class FrozenWeights {

    /** The first moment of each series: when this object was made. */
    public static final long START = Long.MIN_VALUE;

    private final ParameterLayout layout;

    /** For each series its moments, oldest first; never empty. */
    private final List<List<Moment>> series = new ArrayList<>();

    /**
     * Freezes the weights that the table has now, as {@link #START} of each series.
     *
     * @param series how many
     */
    public FrozenWeights(ParameterLayout layout, int series) {
        this.layout = layout;
        for (int i = 0; i < series; i++) {
            this.series.add(new ArrayList<>(List.of(new Moment(START))));
        }
    }

    /**
     * Freezes the weights that the table has now, and forgets moments that are not needed any more.
     * The newest is always kept.
     *
     * @param moment one that does not come after the newest is not frozen again
     * @param oldest the first that is still needed
     */
    public void freeze(int ofSeries, long moment, long oldest) {
        List<Moment> moments = series.get(ofSeries);
        if (moment > newest(moments).number) {
            moments.add(new Moment(moment));
        }
        int forgotten = 0;
        while (forgotten < moments.size() - 1 && moments.get(forgotten).number < oldest) {
            forgotten++;
        }
        moments.subList(0, forgotten).clear();
    }

    /**
     * Copies the weights that rows had at a moment, one after another, to {@code out} from {@code
     * at}. A moment that was not frozen, or is forgotten, is answered with the next one that is
     * kept; one behind the newest with the newest.
     *
     * @param live the rows' weights now, one after another, as a pull gives them
     */
    public void read(int ofSeries, long moment, long[] keys, float[] live, float[] out, int at) {
        List<Moment> moments = series.get(ofSeries);
        int first = 0;
        while (first < moments.size() - 1 && moments.get(first).number < moment) {
            first++;
        }
        int from = 0;
        for (long key : keys) {
            int width = layout.width(key);
            if (!readSaved(moments, first, key, width, out, at + from)) {
                System.arraycopy(live, from, out, at + from, width);
            }
            from += width;
        }
    }

    /** Takes note of a row that is about to change. */
    void save(long key, float[] values, int at, int width) {
        for (List<Moment> moments : series) {
            newest(moments).save(key, values, at, width);
        }
    }

    /** Saved rows, of all moments of all series. */
    long rows() {
        return series.stream()
                .flatMap(List::stream)
                .mapToLong(moment -> moment.places.size())
                .sum();
    }

    private static boolean readSaved(
            List<Moment> moments, int first, long key, int width, float[] out, int at) {
        for (int i = first; i < moments.size(); i++) {
            if (moments.get(i).read(key, width, out, at)) {
                return true;
            }
        }
        return false;
    }

    private static Moment newest(List<Moment> moments) {
        return moments.get(moments.size() - 1);
    }

    /** The rows that changed between a moment and the next one of its series, as they were. */
    private static final class Moment {

        private static final int CHUNK_FLOATS = 1 << 14;
        private static final long NOT_SAVED = -1;

        final long number;

        /** By key, its chunk in the upper half and where it starts there in the lower. */
        final Long2LongOpenHashMap places = new Long2LongOpenHashMap();

        private float[][] chunks = new float[4][];
        private int chunk = -1;
        private int end;

        Moment(long number) {
            this.number = number;
            places.defaultReturnValue(NOT_SAVED);
        }

        void save(long key, float[] values, int at, int width) {
            if (places.containsKey(key)) {
                return;
            }
            if (chunk < 0 || end + width > chunks[chunk].length) {
                addChunk(width);
            }
            System.arraycopy(values, at, chunks[chunk], end, width);
            places.put(key, (long) chunk << 32 | end);
            end += width;
        }

        boolean read(long key, int width, float[] out, int at) {
            long place = places.get(key);
            if (place == NOT_SAVED) {
                return false;
            }
            System.arraycopy(chunks[(int) (place >>> 32)], (int) place, out, at, width);
            return true;
        }

        private void addChunk(int width) {
            chunk++;
            if (chunk == chunks.length) {
                chunks = Arrays.copyOf(chunks, Math.multiplyExact(2, chunk));
            }
            chunks[chunk] = new float[Math.max(CHUNK_FLOATS, width)];
            end = 0;
        }
    }
}
