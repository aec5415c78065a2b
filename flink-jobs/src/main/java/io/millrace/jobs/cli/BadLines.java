package io.millrace.jobs.cli;

import io.millrace.jobs.cli.stream.EventFile;
import java.io.PrintWriter;
import java.nio.file.Path;

/** Tells of the first bad lines of a file and counts all. */
final class BadLines implements EventFile.BadLines {

    private static final int SHOWN = 10;

    private final Path file;
    private final PrintWriter err;
    private long count;

    BadLines(Path file, PrintWriter err) {
        this.file = file;
        this.err = err;
    }

    @Override
    public void found(long line, String problem) {
        count++;
        if (count <= SHOWN) {
            err.println(file + ", line " + line + ": " + problem);
        } else if (count == SHOWN + 1) {
            err.println("further bad lines are only counted");
        }
        err.flush();
    }

    long count() {
        return count;
    }

    /** Fails the run when there were any. */
    void failIfAny() {
        if (count > 0) {
            throw new FailedException(
                    "%,d %s of %s could not be read; all others were sent"
                            .formatted(count, count == 1 ? "line" : "lines", file));
        }
    }
}
