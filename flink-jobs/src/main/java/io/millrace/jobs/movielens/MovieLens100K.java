package io.millrace.jobs.movielens;

import io.millrace.schemas.Rating;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The ratings of MovieLens 100K in the order of timestamp, user, item, each with what is known of
 * its user and item:
 *
 * <ul>
 *   <li>{@code age} (whole number), {@code gender}, {@code occupation}, {@code zip}, and {@code
 *       zip3}, the first three characters of the zip code
 *   <li>{@code genres} (list of names) and {@code year} (whole number; absent when unknown)
 * </ul>
 *
 * @see <a href="https://files.grouplens.org/datasets/movielens/ml-100k-README.txt">its README</a>
 */
public final class MovieLens100K {

    private static final String RATING_LINE =
            "user, item, rating from 1 to 5 and unix seconds, separated by tabs";
    private static final String USER_LINE = "user|age|gender|occupation|zip code";
    private static final int USER_FIELDS = 5;

    private final List<RatingLine> ratings;
    private final Map<Long, Map<String, Object>> users = new HashMap<>();
    private final Map<Long, Map<String, Object>> items = new HashMap<>();

    /**
     * Reads {@code u.data}, {@code u.user}, {@code u.item} and {@code u.genre}.
     *
     * @throws MovieLensException when one of them is missing or not as expected
     */
    public MovieLens100K(Path directory) {
        for (Line line : Line.of(directory.resolve("u.user"), '|')) {
            users.put(line.require(USER_FIELDS, USER_LINE).number(0, USER_LINE), user(line));
        }
        Items parser = new Items(Line.of(directory.resolve("u.genre"), '|'));
        for (Line line : Line.of(directory.resolve("u.item"), '|')) {
            items.put(parser.id(line), parser.features(line));
        }
        ratings =
                Line.of(directory.resolve("u.data"), '\t').stream()
                        .map(this::rating)
                        .sorted(RatingLine.ORDER)
                        .toList();
    }

    /** Number of ratings. */
    public int size() {
        return ratings.size();
    }

    /** The ratings in order, made one by one. */
    public Stream<Rating> ratings() {
        return ratings.stream().map(this::withFeatures);
    }

    private static Map<String, Object> user(Line line) {
        String zip = line.text(4).strip();
        return Map.of(
                "age", line.number(1, USER_LINE),
                "gender", line.text(2),
                "occupation", line.text(3),
                "zip", zip,
                "zip3", zip.substring(0, Math.min(3, zip.length())));
    }

    private RatingLine rating(Line line) {
        line.require(4, RATING_LINE);
        long rating = line.number(2, RATING_LINE);
        if (rating < 1 || rating > 5) {
            throw MovieLensException.odd(line, RATING_LINE);
        }
        long user = line.number(0, RATING_LINE);
        if (!users.containsKey(user)) {
            throw MovieLensException.odd(line, "a user that is in u.user");
        }
        long item = line.number(1, RATING_LINE);
        if (!items.containsKey(item)) {
            throw MovieLensException.odd(line, "an item that is in u.item");
        }
        return new RatingLine(line.number(3, RATING_LINE), user, item, rating);
    }

    private Rating withFeatures(RatingLine line) {
        Map<String, Object> features = new HashMap<>(users.getOrDefault(line.user(), Map.of()));
        features.putAll(items.getOrDefault(line.item(), Map.of()));
        return new Rating(
                line.seconds() * 1000,
                Long.toString(line.user()),
                Long.toString(line.item()),
                (double) line.rating(),
                features);
    }

    private record RatingLine(long seconds, long user, long item, long rating) {
        static final Comparator<RatingLine> ORDER =
                Comparator.comparingLong(RatingLine::seconds)
                        .thenComparingLong(RatingLine::user)
                        .thenComparingLong(RatingLine::item);
    }
}
