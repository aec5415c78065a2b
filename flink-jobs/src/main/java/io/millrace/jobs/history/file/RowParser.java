package io.millrace.jobs.history.file;

/** Understands lines, one after the other or in any order. Used by one thread. */
@FunctionalInterface
public interface RowParser {

    /**
     * What the line says.
     *
     * @throws BadRowException when it cannot be used
     */
    Row parse(Line line) throws BadRowException;
}
