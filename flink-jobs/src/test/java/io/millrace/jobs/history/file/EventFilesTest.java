package io.millrace.jobs.history.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.history.EventLine;
import io.millrace.jobs.history.HistoryException;
import io.millrace.jobs.history.TimeRange;
import io.millrace.schemas.Click;
import io.millrace.schemas.Impression;
import io.millrace.schemas.Profile;
import io.millrace.schemas.Rating;
import io.millrace.schemas.Score;
import io.millrace.schemas.ScoreStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFilesTest {

    private static final Map<String, Object> FEATURES =
            Map.of("n", 3L, "x", 2.5, "b", true, "t", "text", "l", List.of("a", "b"));

    @TempDir Path directory;

    private final ToldRows badRows = new ToldRows();
    private Path scratch;
    private Path events;

    @BeforeEach
    void makeDirectories() throws IOException {
        scratch = Files.createDirectory(directory.resolve("scratch"));
        events = Files.createDirectory(directory.resolve("events"));
    }

    @Test
    void avroRecordsAreEvents() throws Exception {
        List<Impression> shown = List.of(shown("a", 10), shown("b", 20), shown("c", 20));
        avro("shown.avro", shown, CodecFactory.deflateCodec(5));

        FileHistory history = file("shown.avro", TimeRange.ALL);

        assertThat(history).isInstanceOf(AvroHistory.class);
        assertThat(ReadEvents.records(history)).containsExactlyElementsOf(shown);
        assertThat(ReadEvents.places(history))
                .containsExactly("shown.avro:1", "shown.avro:2", "shown.avro:3");
        assertThat(history.recorded()).isEqualTo(new TimeRange(10, 21));
        assertThat(ReadEvents.records(file("shown.avro", new TimeRange(10, 20))))
                .containsExactly(shown.get(0));
        assertThat(scratch).isEmptyDirectory();
    }

    @Test
    void avroRecordsArePutInOrder() throws Exception {
        Rating late = new Rating(30L, "u", "i", 0.5, FEATURES);
        Rating early = new Rating(10L, "u", "i", 5.5, Map.of());
        Rating tied = new Rating(30L, "u", "j", 5.0, Map.of());
        avro("ratings.avro", List.of(late, early, tied), CodecFactory.nullCodec());

        FileHistory history = file("ratings.avro", TimeRange.ALL);

        assertThat(ReadEvents.records(history)).containsExactly(early, late, tied);
        assertThat(ReadEvents.places(history))
                .containsExactly("ratings.avro:2", "ratings.avro:1", "ratings.avro:3");
        assertThat(history.facts())
                .containsEntry("source", "Avro " + events.resolve("ratings.avro"));
        assertThat(ReadEvents.records(file("ratings.avro", new TimeRange(30, 31))))
                .containsExactly(late, tied);
    }

    @Test
    void recordsOfAnotherKindAreRefused() throws Exception {
        avro(
                "scores.avro",
                List.of(new Score("r", 1L, "m", ScoreStatus.NO_VERSION, null, List.of(), null)),
                CodecFactory.nullCodec());

        assertThatThrownBy(() -> file("scores.avro", TimeRange.ALL))
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("scores.avro holds records of type io.millrace.schemas.Score")
                .hasMessageContaining("expected io.millrace.schemas.Impression");
    }

    /** Profiles lie beside events, in files of their own or among them; they are told by time. */
    @Test
    void profilesOfADirectoryAreThoseOfItsFiles() throws Exception {
        avro(
                "users+0+17.avro",
                List.of(
                        new Profile("u1", 90L, Map.of("age", 3L)),
                        new Profile("u2", 20L, Map.of()),
                        new Profile("u3", 100L, Map.of())),
                CodecFactory.nullCodec());
        avro(
                "items.avro",
                List.of(new Profile("i1", 5L, Map.of()), new Profile("i2", 60L, Map.of())),
                CodecFactory.nullCodec());
        Files.writeString(
                events.resolve("more.jsonl"),
                """
                {"type":"click","impressionId":"b","timestamp":50}
                {"type":"profile","profile":"users","key":"u4","timestamp":60,"features":{"age":4}}
                {"type":"click","impressionId":"a","timestamp":40}
                {"type":"profile","profile":"users","key":"u5","timestamp":100}
                {"type":"profile","profile":"users","key":"u6","timestamp":-5}
                """);

        FileHistory history = directory(new TimeRange(45, 100));

        assertThat(ReadEvents.records(history)).containsExactly(new Click("b", 50L));
        assertThat(ReadEvents.profiles(history))
                .containsExactly(
                        "users u6 of more.jsonl:5",
                        "items i1 of items.avro:1",
                        "users u2 of users+0+17.avro:2",
                        "items i2 of items.avro:2",
                        "users u4 of more.jsonl:2",
                        "users u1 of users+0+17.avro:1");
        assertThat(history.profiles()).isEqualTo(Map.of("items", 2L, "users", 4L));
        assertThat(history.facts())
                .containsEntry("profiles", "items 2, users 4")
                .containsEntry("clicks", "1");
        assertThat(history.recorded()).isEqualTo(new TimeRange(40, 51));
        assertThat(history.badRows()).isZero();
        assertThat(badRows.told()).isEmpty();
    }

    @Test
    void recordsThatLackFieldsAreRefused() throws Exception {
        Schema other =
                SchemaBuilder.record("Click")
                        .namespace("io.millrace.schemas")
                        .fields()
                        .requiredString("impressionId")
                        .endRecord();
        GenericRecord click = new GenericData.Record(other);
        click.put("impressionId", "a");
        avro("clicks.avro", List.of(click), CodecFactory.nullCodec());

        assertThatThrownBy(() -> file("clicks.avro", TimeRange.ALL))
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("another schema of io.millrace.schemas.Click")
                .hasMessageContaining("timestamp");
    }

    @Test
    void recordsWithMoreFieldsAreRead() throws Exception {
        Schema other =
                SchemaBuilder.record("Click")
                        .namespace("io.millrace.schemas")
                        .fields()
                        .requiredString("page")
                        .requiredString("impressionId")
                        .requiredLong("timestamp")
                        .endRecord();
        GenericRecord click = new GenericData.Record(other);
        click.put("page", "p");
        click.put("impressionId", "a");
        click.put("timestamp", 7L);
        avro("clicks.avro", List.of(click), CodecFactory.nullCodec());

        assertThat(ReadEvents.records(file("clicks.avro", TimeRange.ALL)))
                .containsExactly(new Click("a", 7L));
    }

    @Test
    void aDamagedFileIsRefusedWhole() throws Exception {
        List<Impression> many = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            many.add(shown("impression-" + i, i));
        }
        avro("shown.avro", many, CodecFactory.nullCodec());
        Path file = events.resolve("shown.avro");
        byte[] bytes = Files.readAllBytes(file);
        assertThat(file("shown.avro", TimeRange.ALL).size()).isEqualTo(3000);

        for (int length : new int[] {bytes.length - 5, bytes.length - 100, bytes.length / 2}) {
            Files.write(file, Arrays.copyOf(bytes, length));
            assertThatThrownBy(() -> file("shown.avro", TimeRange.ALL))
                    .isInstanceOf(HistoryException.class)
                    .hasMessageContaining("shown.avro cannot be read: it is cut off behind rec");
        }
        Files.write(file, Arrays.copyOf(bytes, 40));
        assertThatThrownBy(() -> file("shown.avro", TimeRange.ALL))
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("shown.avro cannot be read");
        byte[] damaged = bytes.clone();
        Arrays.fill(damaged, bytes.length / 2, bytes.length / 2 + 40, (byte) 0xff);
        Files.write(file, damaged);
        assertThatThrownBy(() -> file("shown.avro", TimeRange.ALL))
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("shown.avro cannot be read: it is damaged behind record ");
    }

    @Test
    void filesOfADirectoryAreMerged() throws Exception {
        avro(
                "clicks.avro",
                List.of(new Click("a", 20L), new Click("b", 30L)),
                CodecFactory.nullCodec());
        avro(
                "impressions.avro",
                List.of(shown("a", 10), shown("b", 20), shown("c", 40)),
                CodecFactory.nullCodec());
        lines("more.jsonl", new Click("c", 50L), shown("d", 20), new Click("d", 20L));
        lines("ratings.jsonl", new Rating(20L, "u", "i", 1.0, Map.of()));
        Files.createFile(events.resolve("empty.jsonl"));
        Files.writeString(events.resolve("_SUCCESS"), "done");
        Files.writeString(events.resolve(".hidden"), "x");

        FileHistory history = directory(TimeRange.ALL);

        assertThat(ReadEvents.places(history))
                .containsExactly(
                        "impressions.avro:1",
                        "impressions.avro:2",
                        "more.jsonl:2",
                        "clicks.avro:1",
                        "more.jsonl:3",
                        "ratings.jsonl:1",
                        "clicks.avro:2",
                        "impressions.avro:3",
                        "more.jsonl:1");
        assertThat(history.counts()).isEqualTo(new EventCounts(4, 4, 1));
        assertThat(history.span()).isEqualTo(new TimeRange(10, 51));
        assertThat(history.recorded()).isEqualTo(new TimeRange(10, 51));
        assertThat(history.facts())
                .containsEntry("source", "4 files of events in " + events)
                .containsEntry("last_event", "1970-01-01T00:00:00.050Z");
        assertThat(ReadEvents.places(directory(new TimeRange(30, 50))))
                .containsExactly("clicks.avro:2", "impressions.avro:3");
    }

    @Test
    void aStrangeFileAmongEventsIsNotPassedOver() throws Exception {
        lines("clicks.jsonl", new Click("c", 50L));
        Files.writeString(events.resolve("notes.txt"), "hello");

        assertThatThrownBy(() -> directory(TimeRange.ALL))
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("but also notes.txt, which is neither JSON lines nor Avro");
    }

    private FileHistory file(String name, TimeRange range) throws IOException {
        return EventFiles.ofFile(events.resolve(name), range, scratch, badRows).orElseThrow();
    }

    private FileHistory directory(TimeRange range) throws IOException {
        return EventFiles.ofDirectory(events, range, scratch, badRows).orElseThrow();
    }

    private void lines(String name, SpecificRecord... records) throws IOException {
        EventLine lines = new EventLine();
        StringBuilder text = new StringBuilder();
        for (SpecificRecord record : records) {
            text.append(lines.write(record)).append('\n');
        }
        Files.writeString(events.resolve(name), text);
    }

    private void avro(String name, List<? extends IndexedRecord> records, CodecFactory codec)
            throws IOException {
        Schema schema = records.get(0).getSchema();
        try (DataFileWriter<IndexedRecord> writer =
                new DataFileWriter<>(new GenericDatumWriter<IndexedRecord>(schema))) {
            writer.setCodec(codec).create(schema, events.resolve(name).toFile());
            for (IndexedRecord record : records) {
                writer.append(record);
            }
        }
    }

    private static Impression shown(String id, long time) {
        return new Impression(id, time, "u", "i", FEATURES);
    }
}
