package io.millrace.jobs.movielens;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A directory that does not hold MovieLens as it is distributed; the message says why. */
public final class MovieLensException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final String SOURCE =
            "MovieLens is at https://files.grouplens.org/datasets/movielens/, as ml-100k.zip,"
                    + " ml-1m.zip, ml-25m.zip or ml-latest.zip";

    private MovieLensException(String message, @Nullable Throwable cause) {
        super(message + ". " + SOURCE, cause);
    }

    static MovieLensException unreadable(Path file, String problem, Exception cause) {
        return new MovieLensException(file + " " + problem, cause);
    }

    static MovieLensException odd(CatalogLine line, String expected) {
        return bad(
                line.file(),
                line.number(),
                "expected %s, found \"%s\"".formatted(expected, line.text()));
    }

    static MovieLensException bad(Path file, long line, String problem) {
        return new MovieLensException("%s, line %d: %s".formatted(file, line, problem), null);
    }
}
