package io.millrace.jobs.cli.bench;

import io.millrace.jobs.history.History;
import io.millrace.jobs.history.HistoryCursor;
import io.millrace.jobs.history.HistoryEvent;
import io.millrace.jobs.source.Origin;
import io.millrace.schemas.Rating;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * As many ratings as wanted that look like those of MovieLens 100K: as many users and items, some
 * of them rating and rated far more often than others, and the same fields. There is nothing to
 * learn from them.
 *
 * @param size number of ratings
 */
record RandomRatings(long size, long seed) implements History {

    private static final int USERS = 943;
    private static final int ITEMS = 1_682;
    private static final double SKEW = 0.8;
    private static final long BEGIN = 874_724_710_000L;
    private static final long APART_MILLIS = 100;
    private static final List<String> GENRES =
            List.of("Action", "Comedy", "Drama", "Horror", "Romance", "Thriller");

    @Override
    public EventFormat format() {
        return EventFormat.AVRO;
    }

    @Override
    public SortedMap<String, String> facts() {
        return new TreeMap<>(Map.of("ratings", "random"));
    }

    @Override
    public HistoryCursor<HistoryEvent> open() {
        return new Cursor();
    }

    private final class Cursor implements HistoryCursor<HistoryEvent> {

        private final SplittableRandom random = new SplittableRandom(seed);
        private final EventCodec<Rating> codec = EventCodec.of(Rating.class, EventFormat.AVRO);
        private final Zipf users = new Zipf(USERS, SKEW);
        private final Zipf items = new Zipf(ITEMS, SKEW);
        private long next;

        @Override
        public @Nullable HistoryEvent next() {
            if (next == size) {
                return null;
            }
            long time = BEGIN + next * APART_MILLIS;
            Rating rating = rating(time, users.draw(random), items.draw(random));
            next++;
            return new HistoryEvent(
                    HistoryEvent.Kind.RATING,
                    new Origin("random", 0, next, time),
                    time,
                    codec.encode(rating));
        }

        private Rating rating(long time, int user, int item) {
            return new Rating(
                    time,
                    Integer.toString(user),
                    Integer.toString(item),
                    (double) (1 + random.nextInt(5)),
                    Map.of(
                            "age", 18L + user % 50,
                            "gender", user % 3 == 0 ? "F" : "M",
                            "occupation", "o" + user % 21,
                            "zip3", "z" + user % 400,
                            "genres", List.of(GENRES.get(item % 6), GENRES.get(item % 5)),
                            "year", 1930L + item % 69));
        }

        @Override
        public void close() {}
    }
}
