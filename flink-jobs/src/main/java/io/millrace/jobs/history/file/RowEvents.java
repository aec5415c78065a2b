package io.millrace.jobs.history.file;

import io.millrace.jobs.history.EventPayloads;
import io.millrace.jobs.history.HistoryEvent;
import io.millrace.jobs.source.Origin;
import io.millrace.schemas.codec.EventFormat;
import java.util.ArrayDeque;
import java.util.Queue;
import org.apache.avro.specific.SpecificRecord;

/** The events of a row that have not been asked for yet. */
final class RowEvents {

    private final String file;
    private final EventPayloads payloads = new EventPayloads(EventFormat.AVRO);
    private final Queue<HistoryEvent> waiting = new ArrayDeque<>(2);

    RowEvents(String file) {
        this.file = file;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    void add(Row row, long time, long line) {
        for (SpecificRecord event : row.events(time)) {
            waiting.add(
                    new HistoryEvent(
                            EventPayloads.kind(event),
                            new Origin(file, 0, line, time),
                            time,
                            payloads.encode(event)));
        }
    }

    HistoryEvent next() {
        return waiting.remove();
    }
}
