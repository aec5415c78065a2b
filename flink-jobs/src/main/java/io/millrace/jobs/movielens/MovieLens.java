package io.millrace.jobs.movielens;

import io.millrace.jobs.history.file.BadRowException;
import io.millrace.jobs.history.file.Line;
import io.millrace.jobs.history.file.RowFormat;
import io.millrace.jobs.history.file.RowParser;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The ratings of MovieLens in the order of timestamp, user, item, each with what is known of its
 * user and item:
 *
 * <ul>
 *   <li>100K and 1M: {@code age} (whole number; in 1M the least of a range), {@code gender}, {@code
 *       occupation} (in 1M a code), {@code zip}, and {@code zip3}, the first three characters of
 *       the zip code
 *   <li>all: {@code genres} (list of names) and {@code year} (whole number; absent when unknown)
 * </ul>
 *
 * @see <a href="https://files.grouplens.org/datasets/movielens/ml-100k-README.txt">README of
 *     100K</a>
 * @see <a href="https://files.grouplens.org/datasets/movielens/ml-1m-README.txt">README of 1M</a>
 * @see <a href="https://files.grouplens.org/datasets/movielens/ml-25m-README.html">README of
 *     25M</a>
 */
public final class MovieLens implements RowFormat {

    private static final long serialVersionUID = 1L;

    /** Until the year 9999. */
    private static final long MOST_SECONDS = 253_402_300_799L;

    private final String directory;
    private final Edition edition;

    private MovieLens(Path directory, Edition edition) {
        this.directory = directory.toString();
        this.edition = edition;
    }

    /** The ratings that are in a directory, if any are. */
    public static Optional<MovieLens> in(Path directory) {
        return Stream.of(Edition.values())
                .filter(edition -> edition.isIn(directory))
                .findFirst()
                .map(edition -> new MovieLens(directory, edition));
    }

    static MovieLens hundredK(Path directory) {
        return new MovieLens(directory, Edition.U_DATA);
    }

    @Override
    public String name() {
        return edition.title() + " " + directory;
    }

    @Override
    public String file() {
        return Path.of(directory, edition.ratings()).toString();
    }

    @Override
    public int headerLines() {
        return edition.headerLines();
    }

    /**
     * Reads users and items.
     *
     * @throws MovieLensException when a list of them is missing or not as expected
     */
    @Override
    public RowParser open() {
        Catalog catalog = edition.catalog(Path.of(directory));
        return line -> rating(line, catalog);
    }

    private RatingRow rating(Line line, Catalog catalog) throws BadRowException {
        try {
            if (line.cut(edition.separator()) == 4) {
                long user = line.whole(0);
                long item = line.whole(1);
                double rating = Double.parseDouble(line.text(2));
                long seconds = line.whole(3);
                if (isNumber(user)
                        && isNumber(item)
                        && edition.isRating(rating)
                        && seconds >= 0
                        && seconds <= MOST_SECONDS) {
                    return known(new RatingRow(seconds, user, item, rating, catalog), line);
                }
            }
        } catch (NumberFormatException e) {
            // Answered below.
        }
        throw BadRowException.odd(line, edition.line());
    }

    private static boolean isNumber(long id) {
        return id >= 0 && id <= Integer.MAX_VALUE;
    }

    private RatingRow known(RatingRow row, Line line) throws BadRowException {
        if (!row.catalog().hasUser(row.user())) {
            throw BadRowException.odd(line, "a user that is in " + edition.users());
        }
        if (!row.catalog().hasItem(row.item())) {
            throw BadRowException.odd(line, "an item that is in " + edition.items());
        }
        return row;
    }
}
