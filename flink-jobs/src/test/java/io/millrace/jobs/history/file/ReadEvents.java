package io.millrace.jobs.history.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.history.EventPayloads;
import io.millrace.jobs.history.History;
import io.millrace.jobs.history.HistoryCursor;
import io.millrace.jobs.history.HistoryEvent;
import io.millrace.jobs.history.HistoryProfile;
import io.millrace.schemas.Profile;
import io.millrace.schemas.codec.EventCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/** What a history holds, read as a source in another place would read it. */
public final class ReadEvents {

    private ReadEvents() {}

    /** Its events, which must be as many and as much in order as it says. */
    public static List<HistoryEvent> of(History history) throws Exception {
        List<HistoryEvent> events = new ArrayList<>();
        try (HistoryCursor<HistoryEvent> cursor = sent(history).open()) {
            for (HistoryEvent event = cursor.next(); event != null; event = cursor.next()) {
                events.add(event);
            }
            assertThat(cursor.next()).isNull();
        }
        assertThat(events).hasSize((int) history.size());
        assertThat(events).extracting(HistoryEvent::time).isSorted();
        return events;
    }

    /** Its events, decoded. */
    public static List<SpecificRecord> records(History history) throws Exception {
        EventPayloads payloads = new EventPayloads(history.format());
        List<SpecificRecord> records = new ArrayList<>();
        for (HistoryEvent event : of(history)) {
            SpecificRecord record = payloads.decode(event.kind(), event.payload());
            assertThat(EventPayloads.time(record)).isEqualTo(event.time());
            records.add(record);
        }
        return records;
    }

    /** Name, key, file and line of each profile. */
    public static List<String> profiles(History history) throws Exception {
        EventCodec<Profile> codec = EventCodec.of(Profile.class, history.format());
        List<String> profiles = new ArrayList<>();
        try (HistoryCursor<HistoryProfile> cursor = sent(history).openProfiles()) {
            for (HistoryProfile next = cursor.next(); next != null; next = cursor.next()) {
                profiles.add(
                        "%s %s of %s:%d"
                                .formatted(
                                        next.table(),
                                        codec.decode(next.payload()).getKey(),
                                        next.origin().topic(),
                                        next.origin().offset()));
            }
        }
        return profiles;
    }

    /** File and line of each event. */
    public static List<String> places(History history) throws Exception {
        return of(history).stream()
                .map(event -> event.origin().topic() + ":" + event.origin().offset())
                .toList();
    }

    private static History sent(History history) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(history);
        }
        try (ObjectInputStream in =
                new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (History) in.readObject();
        }
    }
}
