package io.millrace.jobs.history.file;

/** Hears of the rows of files that cannot be used. */
@FunctionalInterface
public interface BadRows {

    /**
     * Told of one.
     *
     * @param file its name
     * @param line from 1; of a file without lines the row's number
     * @param problem what is wrong with it
     */
    void found(String file, long line, String problem);
}
