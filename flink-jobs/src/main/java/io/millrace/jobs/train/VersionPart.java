package io.millrace.jobs.train;

import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.parameter.RowBuffer;
import io.millrace.model.parameter.RowCopies;
import io.millrace.model.version.PartInfo;
import io.millrace.model.version.RowFileWriter;
import io.millrace.model.version.VersionStorage;
import java.io.IOException;
import org.apache.flink.core.fs.CloseableRegistry;

/**
 * A shard's part of a version that is yet to be written.
 *
 * @param path where
 * @param shard the shard's index
 */
record VersionPart(VersionStorage storage, ParameterLayout layout, String path, int shard) {

    /** What is known of it now. */
    PartInfo promised() {
        return PartInfo.promised(path, shard);
    }

    /**
     * Writes the changed rows among the copies.
     *
     * @param cancel closes the file when it is closed itself
     */
    PartInfo write(RowCopies rows, CloseableRegistry cancel) throws IOException {
        return write(rows, new long[0], (key, row) -> false, cancel);
    }

    /**
     * Writes the changed rows among the copies, and those that could not be copied.
     *
     * @param others keys of the latter, ascending as unsigned numbers
     */
    PartInfo write(RowCopies rows, long[] others, RowReader table) throws IOException {
        return write(rows, others, table, new CloseableRegistry());
    }

    private PartInfo write(RowCopies rows, long[] others, RowReader table, CloseableRegistry cancel)
            throws IOException {
        try (RowFileWriter file = RowFileWriter.create(storage, path, shard)) {
            cancel.registerCloseable(file);
            try {
                int next = 0;
                RowBuffer row = new RowBuffer();
                int[] changed = rows.changedByKey();
                for (int i = 0; i < changed.length; i++) {
                    rows.fetchAhead(changed, i);
                    int copy = changed[i];
                    long key = rows.key(copy);
                    for (; next < others.length && isLess(others[next], key); next++) {
                        add(file, others[next], table, row);
                    }
                    if (rows.isTombstone(copy)) {
                        file.addTombstone(key, 0, 0);
                    } else {
                        rows.show(copy, row);
                        file.add(key, row, layout.width(key));
                    }
                }
                for (; next < others.length; next++) {
                    add(file, others[next], table, row);
                }
                return file.finish();
            } finally {
                cancel.unregisterCloseable(file);
            }
        }
    }

    private void add(RowFileWriter file, long key, RowReader table, RowBuffer row)
            throws IOException {
        if (table.read(key, row)) {
            file.add(key, row, layout.width(key));
        } else {
            file.addTombstone(key, 0, 0);
        }
    }

    private static boolean isLess(long a, long b) {
        return Long.compareUnsigned(a, b) < 0;
    }

    /** Points a buffer at a row; false when it was removed. */
    interface RowReader {
        boolean read(long key, RowBuffer into);
    }
}
