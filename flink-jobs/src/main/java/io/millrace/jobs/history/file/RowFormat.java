package io.millrace.jobs.history.file;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;

/** A file whose lines are rows, and how to understand them. */
public interface RowFormat extends Serializable {

    /** What it is, for people. */
    String name();

    /** The path of the file. */
    String file();

    /** How events name the file. */
    default String origin() {
        return String.valueOf(Path.of(file()).getFileName());
    }

    /** How many lines at its top are no rows. */
    default int headerLines() {
        return 0;
    }

    /**
     * The length of the periods that rows without a time of their own are of, in milliseconds: the
     * rows of a period are spread evenly over it, in the order of the file. 0 when every row has a
     * time.
     */
    default long period() {
        return 0;
    }

    /** Reads what belongs to the file, as a catalogue of items, and makes ready to read rows. */
    RowParser open() throws IOException;
}
