package io.millrace.jobs.movielens;

import java.nio.file.Files;
import java.nio.file.Path;

/** The forms in which MovieLens is distributed. */
enum Edition {
    /** 100K: {@code u.data}, {@code u.user}, {@code u.item} and {@code u.genre}. */
    U_DATA("MovieLens 100K", "u.data", "u.user", "u.item", "\t", "tabs", 1),

    /** 1M: {@code ratings.dat}, {@code users.dat} and {@code movies.dat}. */
    DAT_WITH_USERS("MovieLens 1M", "ratings.dat", "users.dat", "movies.dat", "::", "two colons", 1),

    /** 10M: {@code ratings.dat} and {@code movies.dat}. */
    DAT("MovieLens 10M", "ratings.dat", "", "movies.dat", "::", "two colons", 0.5),

    /** 20M, 25M, 32M and latest: {@code ratings.csv} and {@code movies.csv}, with headers. */
    CSV("MovieLens", "ratings.csv", "", "movies.csv", ",", "commas", 0.5);

    private final String title;
    private final String ratings;
    private final String users;
    private final String items;
    private final String separator;
    private final String separators;
    private final double step;

    /**
     * @param users the name of the list of users; empty when there is none
     * @param separators for people
     * @param step between ratings, which is also the least
     */
    Edition(
            String title,
            String ratings,
            String users,
            String items,
            String separator,
            String separators,
            double step) {
        this.title = title;
        this.ratings = ratings;
        this.users = users;
        this.items = items;
        this.separator = separator;
        this.separators = separators;
        this.step = step;
    }

    boolean isIn(Path directory) {
        return Files.isRegularFile(directory.resolve(ratings))
                && (this != DAT_WITH_USERS || Files.isRegularFile(directory.resolve(users)));
    }

    /** For people. */
    String title() {
        return title;
    }

    /** The name of the file of ratings. */
    String ratings() {
        return ratings;
    }

    /** The name of the list of users. */
    String users() {
        return users;
    }

    /** The name of the list of items. */
    String items() {
        return items;
    }

    String separator() {
        return separator;
    }

    int headerLines() {
        return this == CSV ? 1 : 0;
    }

    boolean isRating(double rating) {
        return rating >= step && rating <= 5 && rating % step == 0;
    }

    /** What a rating's line is, for people. */
    String line() {
        return "user, item, rating from %s and unix seconds, separated by %s"
                .formatted(step == 1 ? "1 to 5" : "0.5 to 5 in steps of 0.5", separators);
    }

    /**
     * Reads what is known of users and items.
     *
     * @throws MovieLensException when a file is missing or not as expected
     */
    Catalog catalog(Path directory) {
        Path itemList = directory.resolve(items);
        return switch (this) {
            case U_DATA ->
                    new Catalog(
                            Users.of100K(directory.resolve(users)),
                            Items.of100K(itemList, directory.resolve("u.genre")));
            case DAT_WITH_USERS ->
                    new Catalog(Users.of1M(directory.resolve(users)), Movies.ofDat(itemList));
            case DAT -> new Catalog(null, Movies.ofDat(itemList));
            case CSV -> new Catalog(null, Movies.ofCsv(itemList));
        };
    }
}
