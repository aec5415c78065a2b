package io.millrace.jobs.cli;

import io.millrace.jobs.history.file.BadRows;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells of the first bad lines of the input and counts all. */
final class BadLines implements BadRows {

    private static final int SHOWN = 10;

    private final Path input;
    private final PrintWriter err;
    private long count;

    /**
     * @param input a file, or the directory that its files are in
     */
    BadLines(Path input, PrintWriter err) {
        this.input = input;
        this.err = err;
    }

    @Override
    public void found(String file, long line, String problem) {
        count++;
        if (count <= SHOWN) {
            Path where = Files.isDirectory(input) ? input.resolve(file) : input;
            err.println(where + ", line " + line + ": " + problem);
        } else if (count == SHOWN + 1) {
            err.println("further bad lines are only counted");
        }
        err.flush();
    }

    long count() {
        return count;
    }

    /** How many there were. */
    String sentence() {
        return "%,d %s of %s could not be read"
                .formatted(count, count == 1 ? "line" : "lines", input);
    }

    /** Fails the run when there were any. */
    void failIfAny() {
        if (count > 0) {
            throw new FailedException(sentence() + "; all others were sent");
        }
    }
}
