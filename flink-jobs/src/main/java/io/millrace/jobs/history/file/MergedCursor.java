package io.millrace.jobs.history.file;

import io.millrace.jobs.history.HistoryCursor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * A merge of several files, each of which is in order; of equals that of the earlier file comes
 * first. A file is closed at its end.
 */
final class MergedCursor<T> implements HistoryCursor<T> {

    private final List<HistoryCursor<T>> open = new ArrayList<>();
    private final PriorityQueue<Head<T>> heads;

    MergedCursor(List<FileHistory> files, Opener<T> opener, Comparator<T> order)
            throws IOException {
        heads =
                new PriorityQueue<>(
                        Comparator.<Head<T>, T>comparing(Head::value, order)
                                .thenComparingInt(Head::file));
        try {
            for (FileHistory file : files) {
                open.add(opener.open(file));
                advance(open.size() - 1);
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    @Override
    public @Nullable T next() throws IOException {
        Head<T> first = heads.poll();
        if (first == null) {
            return null;
        }
        advance(first.file);
        return first.value;
    }

    @Override
    public void close() throws IOException {
        for (HistoryCursor<T> cursor : open) {
            cursor.close();
        }
    }

    private void advance(int file) throws IOException {
        T next = open.get(file).next();
        if (next != null) {
            heads.add(new Head<>(next, file));
        } else {
            open.get(file).close();
            open.set(file, HistoryCursor.empty());
        }
    }

    /** Begins to read a file. */
    @FunctionalInterface
    interface Opener<T> {
        HistoryCursor<T> open(FileHistory file) throws IOException;
    }

    private record Head<T>(T value, int file) {}
}
