package io.millrace.jobs.history.file;

import io.millrace.jobs.history.HistoryCursor;
import io.millrace.jobs.history.HistoryEvent;
import io.millrace.jobs.history.HistoryException;
import io.millrace.jobs.history.TimeRange;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The events of an Avro object container file whose records are in the order of time. */
public record AvroHistory(
        String file,
        TimeRange range,
        EventCounts counts,
        @Nullable TimeRange span,
        @Nullable TimeRange recorded)
        implements FileHistory {

    /**
     * Looks at a file. If its records are not in order, they are copied to a scratch file and read
     * from there.
     *
     * @param range which events to take
     * @param scratch a directory that outlives the history
     * @throws HistoryException when it cannot be read to its end, or holds other records
     */
    public static FileHistory of(Path file, TimeRange range, Path scratch) {
        EventCounts counts = EventCounts.NONE;
        TimeRange span = null;
        TimeRange recorded = null;
        boolean isInOrder = true;
        try (AvroEvents events = new AvroEvents(file)) {
            long last = Long.MIN_VALUE;
            for (HistoryEvent event = events.next(); event != null; event = events.next()) {
                long time = event.time();
                isInOrder &= time >= last;
                last = time;
                recorded = Spans.with(recorded, time);
                if (range.contains(time)) {
                    span = Spans.with(span, time);
                    counts = counts.plus(event.kind());
                }
            }
            return isInOrder
                    ? new AvroHistory(file.toString(), range, counts, span, recorded)
                    : ordered(file, range, scratch);
        } catch (IOException e) {
            throw new HistoryException(file + " cannot be read: " + e.getMessage());
        }
    }

    @Override
    public String name() {
        return name(file);
    }

    @Override
    public long badRows() {
        return 0;
    }

    @Override
    public HistoryCursor<HistoryEvent> open() throws IOException {
        return new Cursor(new AvroEvents(Path.of(file)), this);
    }

    private static String name(String file) {
        return "Avro " + file;
    }

    private static FileHistory ordered(Path file, TimeRange range, Path scratch)
            throws IOException {
        Path copy = Files.createTempFile(scratch, "payloads-", ".lines");
        try (AvroEvents events = new AvroEvents(file);
                BufferedWriter writer = Files.newBufferedWriter(copy)) {
            for (HistoryEvent event = events.next(); event != null; event = events.next()) {
                PayloadLines.write(event, writer);
            }
        }
        PayloadLines payloads =
                new PayloadLines(
                        name(file.toString()), copy.toString(), String.valueOf(file.getFileName()));
        BadRows none =
                (copied, line, problem) -> {
                    throw new HistoryException("%s, record %d: %s".formatted(file, line, problem));
                };
        return RowHistory.of(payloads, range, scratch, none);
    }

    private static final class Cursor implements HistoryCursor<HistoryEvent> {

        private final AvroEvents events;
        private final TimeRange range;
        private long left;

        Cursor(AvroEvents events, AvroHistory history) {
            this.events = events;
            range = history.range;
            left = history.size();
        }

        @Override
        public @Nullable HistoryEvent next() throws IOException {
            if (left == 0) {
                return null;
            }
            HistoryEvent event = events.next();
            while (event != null && !range.contains(event.time())) {
                event = events.next();
            }
            left--;
            return event;
        }

        @Override
        public void close() throws IOException {
            events.close();
        }
    }
}
