package io.millrace.jobs;

import io.millrace.jobs.history.History;
import io.millrace.jobs.history.HistoryCursor;
import io.millrace.jobs.history.HistoryEvent;
import io.millrace.jobs.source.Origin;
import io.millrace.schemas.Click;
import io.millrace.schemas.Impression;
import io.millrace.schemas.Rating;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;

/** Histories of events in memory. */
public final class TestHistories {

    private TestHistories() {}

    /** Impressions, clicks and ratings in this order, which is that of their times. */
    public static History of(List<? extends SpecificRecord> events) {
        List<Event> written = new ArrayList<>(events.size());
        for (SpecificRecord event : events) {
            written.add(event(event));
        }
        return new InMemory(written);
    }

    private static Event event(SpecificRecord event) {
        if (event instanceof Impression shown) {
            return new Event(
                    HistoryEvent.Kind.IMPRESSION,
                    shown.getTimestamp(),
                    EventCodec.of(Impression.class, EventFormat.AVRO).encode(shown));
        }
        if (event instanceof Click click) {
            return new Event(
                    HistoryEvent.Kind.CLICK,
                    click.getTimestamp(),
                    EventCodec.of(Click.class, EventFormat.AVRO).encode(click));
        }
        Rating rating = (Rating) event;
        return new Event(
                HistoryEvent.Kind.RATING,
                rating.getTimestamp(),
                EventCodec.of(Rating.class, EventFormat.AVRO).encode(rating));
    }

    private record Event(HistoryEvent.Kind kind, long time, byte[] payload)
            implements Serializable {}

    private record InMemory(List<Event> events) implements History {

        @Override
        public EventFormat format() {
            return EventFormat.AVRO;
        }

        @Override
        public long size() {
            return events.size();
        }

        @Override
        public SortedMap<String, String> facts() {
            return new TreeMap<>();
        }

        @Override
        public HistoryCursor<HistoryEvent> open() {
            Iterator<Event> next = events.iterator();
            return new HistoryCursor<>() {

                private long line;

                @Override
                public HistoryEvent next() {
                    if (!next.hasNext()) {
                        return null;
                    }
                    Event event = next.next();
                    return new HistoryEvent(
                            event.kind(),
                            new Origin("memory", 0, ++line, event.time()),
                            event.time(),
                            event.payload());
                }

                @Override
                public void close() {}
            };
        }
    }
}
