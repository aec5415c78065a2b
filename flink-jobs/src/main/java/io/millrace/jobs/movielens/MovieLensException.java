package io.millrace.jobs.movielens;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A directory that does not hold MovieLens 100K as it is distributed; the message says why. */
public final class MovieLensException extends RuntimeException {

    private static final String SOURCE =
            "MovieLens 100K is at https://files.grouplens.org/datasets/movielens/ml-100k.zip";

    private MovieLensException(String message, @Nullable Throwable cause) {
        super(message + ". " + SOURCE, cause);
    }

    static MovieLensException unreadable(Path file, String problem, Exception cause) {
        return new MovieLensException(file + " " + problem, cause);
    }

    static MovieLensException odd(Line line, String expected) {
        return new MovieLensException(
                "%s, line %d: expected %s, found \"%s\""
                        .formatted(line.file(), line.number(), expected, line.text()),
                null);
    }
}
