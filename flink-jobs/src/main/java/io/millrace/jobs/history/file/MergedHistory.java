package io.millrace.jobs.history.file;

import io.millrace.jobs.history.HistoryCursor;
import io.millrace.jobs.history.HistoryEvent;
import io.millrace.jobs.history.TimeRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The events of several files by time; of the same time impressions come before clicks, clicks
 * before ratings, and then files in their order. Those of one file stay in its order.
 */
public record MergedHistory(String name, List<FileHistory> files) implements FileHistory {

    public MergedHistory {
        files = List.copyOf(files);
    }

    @Override
    public EventCounts counts() {
        return files.stream().map(FileHistory::counts).reduce(EventCounts.NONE, EventCounts::plus);
    }

    @Override
    public @Nullable TimeRange span() {
        TimeRange span = null;
        for (FileHistory file : files) {
            span = Spans.together(span, file.span());
        }
        return span;
    }

    @Override
    public @Nullable TimeRange recorded() {
        TimeRange recorded = null;
        for (FileHistory file : files) {
            recorded = Spans.together(recorded, file.recorded());
        }
        return recorded;
    }

    @Override
    public long badRows() {
        return files.stream().mapToLong(FileHistory::badRows).sum();
    }

    @Override
    public HistoryCursor open() throws IOException {
        return new Cursor(files);
    }

    private static final class Cursor implements HistoryCursor {

        private final List<HistoryCursor> open = new ArrayList<>();
        private final PriorityQueue<Head> heads =
                new PriorityQueue<>(
                        Comparator.comparingLong((Head head) -> head.event.time())
                                .thenComparing(head -> head.event.kind())
                                .thenComparingInt(head -> head.file));

        Cursor(List<FileHistory> files) throws IOException {
            try {
                for (FileHistory file : files) {
                    open.add(file.open());
                    advance(open.size() - 1);
                }
            } catch (IOException e) {
                close();
                throw e;
            }
        }

        @Override
        public @Nullable HistoryEvent next() throws IOException {
            Head first = heads.poll();
            if (first == null) {
                return null;
            }
            advance(first.file);
            return first.event;
        }

        @Override
        public void close() throws IOException {
            for (HistoryCursor cursor : open) {
                cursor.close();
            }
        }

        private void advance(int file) throws IOException {
            HistoryEvent event = open.get(file).next();
            if (event != null) {
                heads.add(new Head(event, file));
            }
        }
    }

    private record Head(HistoryEvent event, int file) {}
}
