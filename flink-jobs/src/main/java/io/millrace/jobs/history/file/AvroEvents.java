package io.millrace.jobs.history.file;

import io.millrace.jobs.history.HistoryEvent;
import io.millrace.jobs.history.HistoryException;
import io.millrace.schemas.Click;
import io.millrace.schemas.Impression;
import io.millrace.schemas.Rating;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads the events of an Avro object container file in its order. Used by one thread. */
final class AvroEvents implements Closeable {

    private static final Map<String, HistoryEvent.Kind> KINDS =
            Map.of(
                    Impression.getClassSchema().getFullName(), HistoryEvent.Kind.IMPRESSION,
                    Click.getClassSchema().getFullName(), HistoryEvent.Kind.CLICK,
                    Rating.getClassSchema().getFullName(), HistoryEvent.Kind.RATING);

    private final AvroRecords records;
    private final HistoryEvent.Kind kind;

    /**
     * Begins to read a file of events.
     *
     * @throws HistoryException when it holds records of another kind
     */
    AvroEvents(Path file) throws IOException {
        records = new AvroRecords(file);
        kind = Objects.requireNonNull(KINDS.get(records.schema().getFullName()), file.toString());
    }

    /** The next event; null after the last. */
    @Nullable HistoryEvent next() throws IOException {
        AvroRecords.Stored record = records.next();
        return record == null
                ? null
                : new HistoryEvent(kind, record.origin(), record.time(), record.payload());
    }

    @Override
    public void close() throws IOException {
        records.close();
    }
}
