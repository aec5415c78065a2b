package io.millrace.jobs.history.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.history.EventLine;
import io.millrace.jobs.history.HistoryEvent;
import io.millrace.jobs.history.HistoryException;
import io.millrace.jobs.history.TimeRange;
import io.millrace.schemas.Click;
import io.millrace.schemas.Impression;
import io.millrace.schemas.Rating;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With events as JSON lines. */
class RowHistoryTest {

    private static final Impression SHOWN =
            new Impression("i1", 1000L, "u", "i", Map.of("position", 3L));
    private static final Click CLICK = new Click("i1", 2000L);
    private static final Rating RATING = new Rating(3000L, "u", "i", 4.5, Map.of());

    @TempDir Path directory;

    private final ToldRows badRows = new ToldRows();
    private Path scratch;
    private Path file;

    @BeforeEach
    void makeScratch() throws IOException {
        scratch = Files.createDirectory(directory.resolve("scratch"));
        file = directory.resolve("events.jsonl");
    }

    @Test
    void usageExample() throws Exception {
        write(line(SHOWN), "", line(CLICK), line(RATING));

        FileHistory history = read(TimeRange.ALL);

        assertThat(ReadEvents.records(history)).containsExactly(SHOWN, CLICK, RATING);
        assertThat(ReadEvents.places(history))
                .containsExactly("events.jsonl:1", "events.jsonl:3", "events.jsonl:4");
        assertThat(history.facts())
                .containsEntry("source", "JSON lines " + file)
                .containsEntry("impressions", "1")
                .containsEntry("clicks", "1")
                .containsEntry("ratings", "1")
                .containsEntry("bad_rows", "0")
                .containsEntry("first_event", "1970-01-01T00:00:01Z")
                .containsEntry("last_event", "1970-01-01T00:00:03Z");
        assertThat(scratch).isEmptyDirectory();
    }

    @Test
    void eventsAreInOrderOfTimeAndElseOfTheFile() throws Exception {
        write(
                line(new Click("late", 3000L)),
                line(new Click("b", 2000L)),
                line(SHOWN),
                line(new Click("a", 2000L)));

        FileHistory history = read(TimeRange.ALL);

        assertThat(ReadEvents.places(history))
                .containsExactly(
                        "events.jsonl:3", "events.jsonl:2", "events.jsonl:4", "events.jsonl:1");
        assertThat(ReadEvents.records(history).get(1)).isEqualTo(new Click("b", 2000L));
        assertThat(ReadEvents.of(history).get(3).kind()).isEqualTo(HistoryEvent.Kind.CLICK);
    }

    /** They are no events: neither their times nor their number count. */
    @Test
    void profilesAreKeptApartFromTheEventsAmongWhichTheyStand() throws Exception {
        String early =
                "{\"type\":\"profile\",\"profile\":\"users\",\"key\":\"early\",\"timestamp\":1}";
        write(line(SHOWN), line(CLICK), early.replace("early", "a"), line(RATING), early);

        FileHistory history = read(new TimeRange(1500, 9000));

        assertThat(((RowHistory) history).order()).isNull();
        assertThat(ReadEvents.records(history)).containsExactly(CLICK, RATING);
        assertThat(history.size()).isEqualTo(2);
        assertThat(history.span()).isEqualTo(new TimeRange(2000, 3001));
        assertThat(ReadEvents.profiles(history))
                .containsExactly("users a of events.jsonl:3", "users early of events.jsonl:5");
        write(line(SHOWN), early.replace("1}", "9000}"));
        assertThat(ReadEvents.profiles(read(TimeRange.ALL))).hasSize(1);
        assertThat(read(new TimeRange(0, 9000)).profiles()).isEmpty();
        assertThat(read(TimeRange.ALL).facts()).containsEntry("profiles", "users 1");
        write(line(SHOWN));
        assertThat(read(TimeRange.ALL).facts()).doesNotContainKey("profiles");
    }

    @Test
    void aBadLineIsToldOnceAndCountedAndLeftOut() throws Exception {
        for (List<SpecificRecord> events :
                List.<List<SpecificRecord>>of(List.of(SHOWN, CLICK), List.of(CLICK, SHOWN))) {
            badRows.told().clear();
            write(line(events.get(0)), "{}", "", "nonsense", line(events.get(1)), "[]");

            FileHistory history = read(TimeRange.ALL);

            assertThat(ReadEvents.records(history)).containsExactly(SHOWN, CLICK);
            assertThat(badRows.told()).hasSize(3);
            assertThat(badRows.told().get(0)).startsWith("events.jsonl:2: it has no \"type\"");
            assertThat(badRows.told().get(1)).startsWith("events.jsonl:4: it is not JSON");
            assertThat(badRows.told().get(2)).startsWith("events.jsonl:6: expected a JSON obj");
            assertThat(history.facts()).containsEntry("bad_rows", "3");
        }
    }

    @Test
    void onlyTheRangeIsTakenWithoutItsEnd() throws Exception {
        for (List<SpecificRecord> events :
                List.<List<SpecificRecord>>of(
                        List.of(SHOWN, CLICK, RATING), List.of(RATING, CLICK, SHOWN))) {
            write(events.stream().map(RowHistoryTest::line).toArray(String[]::new));

            FileHistory history = read(new TimeRange(1000, 3000));

            assertThat(ReadEvents.records(history)).containsExactly(SHOWN, CLICK);
            assertThat(history.counts()).isEqualTo(new EventCounts(1, 1, 0));
            assertThat(history.span()).isEqualTo(new TimeRange(1000, 2001));
            assertThat(history.recorded()).isEqualTo(new TimeRange(1000, 3001));
            assertThat(ReadEvents.records(read(new TimeRange(1001, 2001)))).containsExactly(CLICK);
            assertThat(read(new TimeRange(5000, 6000)).size()).isZero();
        }
    }

    @Test
    void whatIsAddedLaterIsNotRead() throws Exception {
        write(line(SHOWN), line(CLICK));
        FileHistory history = read(TimeRange.ALL);

        Files.writeString(file, line(RATING) + "\n", StandardOpenOption.APPEND);

        assertThat(ReadEvents.records(history)).containsExactly(SHOWN, CLICK);
    }

    @Test
    void aFileThatHasChangedIsNotReadOn() throws Exception {
        write(line(CLICK), line(SHOWN));
        FileHistory history = read(TimeRange.ALL);

        for (String other : List.of("#".repeat(500), "")) {
            write(other);
            assertThatThrownBy(() -> ReadEvents.of(history))
                    .isInstanceOf(IOException.class)
                    .hasMessage(file + " has changed since it was looked at: line 2 is another");
        }
    }

    @Test
    void aFileThatCannotBeReadIsNamed() {
        assertThatThrownBy(() -> read(TimeRange.ALL))
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining(file + " cannot be read");
    }

    private FileHistory read(TimeRange range) {
        return RowHistory.of(new EventLines(file.toString()), range, scratch, badRows);
    }

    private void write(String... lines) throws IOException {
        Files.writeString(file, String.join("\n", lines) + "\n");
    }

    private static String line(SpecificRecord event) {
        return new EventLine().write(event);
    }
}
