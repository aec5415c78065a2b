package io.millrace.jobs.movielens;

import io.millrace.jobs.history.file.BadRowException;
import io.millrace.jobs.history.file.Line;
import io.millrace.jobs.history.file.LineReader;
import io.millrace.jobs.history.file.RowParser;
import io.millrace.schemas.Rating;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The ratings of MovieLens 100K in memory, all of them good: see {@link MovieLens}. */
public final class MovieLens100K {

    private final List<RatingRow> ratings = new ArrayList<>();

    /**
     * Reads {@code u.data}, {@code u.user}, {@code u.item} and {@code u.genre}.
     *
     * @throws MovieLensException when one of them is missing or not as expected
     */
    public MovieLens100K(Path directory) {
        MovieLens format = MovieLens.hundredK(directory);
        Path file = Path.of(format.file());
        RowParser parser = format.open();
        try (LineReader lines = LineReader.inOrder(file)) {
            while (lines.next()) {
                add(file, lines.line(), parser);
            }
        } catch (NoSuchFileException e) {
            throw MovieLensException.unreadable(file, "is missing", e);
        } catch (IOException e) {
            throw MovieLensException.unreadable(file, "cannot be read: " + e, e);
        }
        ratings.sort(Comparator.comparingLong(RatingRow::time).thenComparingLong(RatingRow::tie));
    }

    /** Number of ratings. */
    public int size() {
        return ratings.size();
    }

    /** The ratings in the order of timestamp, user, item, made one by one. */
    public Stream<Rating> ratings() {
        return ratings.stream().map(row -> row.event(row.time()));
    }

    private void add(Path file, Line line, RowParser parser) {
        if (line.isBlank()) {
            return;
        }
        try {
            ratings.add((RatingRow) parser.parse(line));
        } catch (BadRowException e) {
            throw MovieLensException.bad(file, line.number(), e.getMessage());
        }
    }
}
