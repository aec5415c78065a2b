package io.millrace.jobs.cli.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.history.EventLine;
import io.millrace.jobs.history.HistoryException;
import io.millrace.jobs.history.TimeRange;
import io.millrace.jobs.history.file.FileHistory;
import io.millrace.jobs.history.file.ReadEvents;
import io.millrace.jobs.history.file.ToldRows;
import io.millrace.schemas.Click;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoriesTest {

    @TempDir Path directory;

    private final ToldRows badRows = new ToldRows();
    private Path scratch;
    private Path data;

    @BeforeEach
    void makeDirectories() throws IOException {
        scratch = Files.createDirectory(directory.resolve("scratch"));
        data = Files.createDirectory(directory.resolve("data"));
    }

    @Test
    void everyFormatIsKnownByWhatIsInIt() throws Exception {
        assertFormat("JSON lines", write("a", " \n" + click("x", 5)));
        assertFormat("Criteo", write("a", "damaged\n0" + "\t".repeat(39) + "\n"));
        assertFormat(
                "Avazu",
                write(
                        "a",
                        "id,click,hour,C14,device_id,device_ip,device_model\n1,0,14102100,1,d,i,m\n"));
        Path avro = data.resolve("a");
        Files.delete(avro);
        try (var writer =
                new DataFileWriter<>(new GenericDatumWriter<Click>(Click.getClassSchema()))) {
            writer.create(Click.getClassSchema(), avro.toFile());
            writer.append(new Click("x", 5L));
        }
        assertFormat("Avro", avro);
        assertFormat("Avro", data);
        write("b", click("y", 4));
        assertFormat("2 files of events in", data);
        assertThat(ReadEvents.places(open(data, TimeRange.ALL))).containsExactly("b:1", "a:1");

        Path movieLens = Files.createDirectory(directory.resolve("ml"));
        Files.writeString(movieLens.resolve("movies.csv"), "movieId,title,genres\n1,A (1999),B\n");
        Files.writeString(movieLens.resolve("ratings.csv"), "userId,movieId\n1,1,4.5,7\n");
        Files.writeString(movieLens.resolve("README.txt"), "read me");
        assertFormat("MovieLens", movieLens);
    }

    @Test
    void whatIsNotKnownIsAnsweredWithWhatIs() throws Exception {
        assertRefused(data.resolve("absent"), "there is no file or directory", "Avazu's train.csv");
        assertRefused(data, "holds no known data; expected a file of our events", "found nothing");
        Path file = write("a", "user\titem\u0007\n1\t2\n");
        assertRefused(file, "is of no known format", "found \"user item..1 2.\"");
        assertRefused(data, "is of no known format", "Criteo's train.txt");
        Files.write(file, new byte[5 << 20]);
        assertRefused(file, "is of no known format", "found \"....");
        write("b", "b");
        assertRefused(data, "holds no known data", "found a, b");
        assertRefused(write("c", ""), "c is empty; expected");
        Files.writeString(data.resolve("ratings.csv"), "x\n1,1,4.5,7\n");
        assertRefused(data, "movies.csv is missing", "https://files.grouplens.org/");
    }

    @Test
    void anEmptyRangeIsAnsweredWithTheDatasOwn() throws Exception {
        Path file = write("a", click("x", 5000) + click("y", 9000));

        assertThat(open(file, new TimeRange(9000, 9001)).size()).isEqualTo(1);
        assertThatThrownBy(() -> open(file, new TimeRange(9001, 20_000)))
                .isInstanceOf(HistoryException.class)
                .hasMessage(
                        file
                                + " has no events from 1970-01-01T00:00:09.001Z before"
                                + " 1970-01-01T00:00:20Z; its events are of 1970-01-01T00:00:05Z to"
                                + " 1970-01-01T00:00:09Z");
    }

    @Test
    void aFileOfBadRowsAloneHasNoEvents() throws Exception {
        Path file = write("a", "{}\n{}\n");

        assertRefused(file, "a has no events; rows that cannot be used: 2");
        assertThat(badRows.told()).hasSize(2);
    }

    @Test
    void aFileOfProfilesAloneHasNoEvents() throws Exception {
        String profile =
                "{\"type\":\"profile\",\"profile\":\"users\",\"key\":\"u\",\"timestamp\":%d}\n";
        Path file = write("a", profile.formatted(2) + profile.formatted(1));

        assertRefused(file, "cannot be used: 0; records of profiles, which are no events: 2");
    }

    private void assertFormat(String name, Path input) {
        assertThat(open(input, TimeRange.ALL).name()).startsWith(name);
        assertThat(open(input, TimeRange.ALL).size()).isPositive();
    }

    private void assertRefused(Path input, String... parts) {
        assertThatThrownBy(() -> open(input, TimeRange.ALL))
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining(input.toString())
                .hasMessageContainingAll(parts);
    }

    private FileHistory open(Path input, TimeRange range) {
        return Histories.open(input, range, scratch, badRows);
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(data.resolve(name), content);
    }

    private static String click(String id, long time) {
        return new EventLine().write(new Click(id, time)) + "\n";
    }
}
