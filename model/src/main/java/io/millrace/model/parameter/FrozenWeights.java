package io.millrace.model.parameter;

import io.millrace.model.feature.Vocabulary;
import it.unimi.dsi.fastutil.longs.Long2LongOpenHashMap;
import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All weights of a table as they were at moments past, of which there are several independent
 * series. A moment is called by a number that rises within its series.
 *
 * <p>Copy on write: a row is saved when it changes for the first time after the newest moment of a
 * series. So at any moment it had the weights saved at that moment or, if none were, at the next
 * one after it, and so on; or else those that it has now. A row that did not exist yet had its
 * initial weights, with which the table brings it up, and which serving gives a value that it does
 * not know unless its feature has a min-count. Memory grows with the rows that changed since the
 * oldest moment that is kept.
 *
 * <p>Where a vocabulary is not open, which row stands for a value is a matter of the moment, too:
 * it goes by the counts and by the clock that the table had then.
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
            this.series.add(new ArrayList<>(List.of(new Moment(START, Long.MIN_VALUE))));
        }
    }

    /** The same for a table whose rows do not expire. */
    void freeze(int ofSeries, long moment, long oldest) {
        freeze(ofSeries, moment, oldest, Long.MIN_VALUE);
    }

    /**
     * Freezes the weights that the table has now, and forgets moments that are not needed any more.
     * The newest is always kept.
     *
     * @param moment one that does not come after the newest is not frozen again
     * @param oldest the first that is still needed
     * @param clock of the table
     */
    public void freeze(int ofSeries, long moment, long oldest, long clock) {
        List<Moment> moments = series.get(ofSeries);
        if (moment > newest(moments).number) {
            moments.add(new Moment(moment, clock));
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
        int first = first(moments, moment);
        int from = 0;
        for (long key : keys) {
            int width = layout.width(key);
            if (!readSaved(moments, first, key, width, out, at + from)) {
                System.arraycopy(live, from, out, at + from, width);
            }
            from += width;
        }
    }

    /**
     * Puts right what {@link #read} has read of values whose vocabulary is not open, and writes
     * which row stood for each key, as {@link Standing} has it.
     *
     * @param table whose rows are as they were at the pull
     * @param out what was read, from {@code at}
     * @param standings is written to from {@code standingsAt}; nothing is where it ends before
     */
    public void readVocabulary(
            int ofSeries,
            long moment,
            long[] keys,
            ParameterTable table,
            float[] out,
            int at,
            byte[] standings,
            int standingsAt) {
        List<Moment> moments = series.get(ofSeries);
        int first = first(moments, moment);
        RowBuffer row = new RowBuffer();
        int from = at;
        for (int i = 0; i < keys.length; i++) {
            long key = keys[i];
            Vocabulary vocabulary = layout.of(key).vocabulary();
            byte standing = Standing.OWN;
            if (!vocabulary.isOpen() && ParameterKey.isValue(key)) {
                Header header = header(moments, first, key);
                if (header == null) {
                    header = Header.of(table.read(key, row) ? row : null);
                }
                boolean isThere = header.isThere(vocabulary, moments.get(first).clock);
                if (!isThere || !header.hasWeights) {
                    layout.initialize(key, out, from);
                }
                if (vocabulary.minCount() > 0) {
                    standing =
                            isThere
                                    ? Standing.of(header.hasWeights, header.examples, vocabulary)
                                    : Standing.UNSEEN;
                }
            }
            if (standingsAt + i < standings.length) {
                standings[standingsAt + i] = standing;
            }
            from += layout.width(key);
        }
    }

    private static int first(List<Moment> moments, long moment) {
        int first = 0;
        while (first < moments.size() - 1 && moments.get(first).number < moment) {
            first++;
        }
        return first;
    }

    private static @Nullable Header header(List<Moment> moments, int first, long key) {
        for (int i = first; i < moments.size(); i++) {
            Header header = moments.get(i).headers.get(key);
            if (header != null) {
                return header;
            }
        }
        return null;
    }

    /** Takes note of a row that is about to change. */
    void save(long key, float[] values, int at, int width) {
        for (List<Moment> moments : series) {
            newest(moments).save(key, values, at, width);
        }
    }

    /**
     * Takes note of a row of a vocabulary that is not open and is about to change, or of moments.
     *
     * @param before what is there now; null when there is none
     */
    void save(long key, @Nullable RowBuffer before) {
        for (List<Moment> moments : series) {
            newest(moments).save(key, before, layout);
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

    /** Of a row at a moment. */
    private record Header(boolean exists, boolean hasWeights, long examples, long lastEventTime) {

        static Header of(@Nullable RowBuffer row) {
            return row == null
                    ? new Header(false, false, 0, 0)
                    : new Header(true, !row.candidate, row.examples, row.lastEventTime);
        }

        boolean isThere(Vocabulary vocabulary, long clock) {
            Duration ttl = vocabulary.ttl();
            return exists && (ttl == null || lastEventTime + ttl.toMillis() >= clock);
        }
    }

    /** The rows that changed between a moment and the next one of its series, as they were. */
    private static final class Moment {

        private static final int CHUNK_FLOATS = 1 << 14;
        private static final long NOT_SAVED = -1;

        final long number;
        final long clock;

        /** By key, what is known of a row that may not be there, or not have weights. */
        final Long2ObjectOpenHashMap<Header> headers = new Long2ObjectOpenHashMap<>();

        /** By key, its chunk in the upper half and where it starts there in the lower. */
        final Long2LongOpenHashMap places = new Long2LongOpenHashMap();

        private float[][] chunks = new float[4][];
        private int chunk = -1;
        private int end;

        Moment(long number, long clock) {
            this.number = number;
            this.clock = clock;
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

        void save(long key, @Nullable RowBuffer before, ParameterLayout layout) {
            if (places.containsKey(key)) {
                return;
            }
            int width = layout.width(key);
            if (before == null || before.candidate) {
                float[] initial = new float[width];
                layout.initialize(key, initial, 0);
                save(key, initial, 0, width);
            } else {
                save(key, before.values, before.at, width);
            }
            headers.put(key, Header.of(before));
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
