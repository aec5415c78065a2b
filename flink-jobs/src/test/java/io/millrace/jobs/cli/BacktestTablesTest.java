package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.history.History;
import io.millrace.jobs.history.KafkaHistory;
import io.millrace.jobs.history.KafkaRange;
import io.millrace.jobs.history.KafkaTopics;
import io.millrace.jobs.history.TimeRange;
import io.millrace.jobs.history.file.EventLines;
import io.millrace.jobs.history.file.RowHistory;
import io.millrace.jobs.history.file.ToldRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BacktestTablesTest {

    @TempDir private Path directory;

    private List<BacktestEntrant> entrants = List.of();

    @BeforeEach
    void readPipeline() throws IOException {
        Path file =
                new BacktestFiles(directory)
                        .pipeline(
                                "profiled",
                                "architecture:",
                                """
                                profiles:
                                  users: {by: user}
                                  items: {by: item, topic: catalogue}
                                architecture:\
                                """,
                                "features:\n",
                                """
                                features:
                                  age: {type: numeric, field: users.age}
                                  price: {type: numeric, field: items.price}
                                """);
        entrants = BacktestEntrant.read(List.of(file));
    }

    @Test
    void ofFilesProfilesAreNamed() throws IOException {
        Path file =
                Files.writeString(
                        directory.resolve("a.jsonl"),
                        """
                        {"type":"profile","profile":"users","key":"u1","timestamp":60}
                        {"type":"profile","profile":"shops","key":"s1","timestamp":60}
                        """);
        History history =
                RowHistory.of(
                        new EventLines(file.toString()), TimeRange.ALL, directory, new ToldRows());
        BacktestTables tables = new BacktestTables(entrants, history, "a.jsonl");

        assertThat(tables.lines())
                .containsExactly(
                        "with 1 record of the profile users",
                        "without 1 record of the profile shops, which no pipeline reads");
        assertThat(tables.missing(entrants.get(0)))
                .isEqualTo("its profile items counts as missing: a.jsonl has no record of it");
    }

    /** Offsets may have gaps; and it is not the topics of events that have no record. */
    @Test
    void ofTopicsTopicsAreNamed() {
        assertThat(of("catalogue/0=0..28", "users/0=3..3").lines())
                .containsExactly("with at most 28 records of topic catalogue");
        assertThat(of("catalogue/0=4..4", "users/0=0..1").missing(entrants.get(0)))
                .isEqualTo(
                        "its profile items counts as missing: no record of topic catalogue is read");
        assertThat(of().missing(entrants.get(0)))
                .isEqualTo(
                        "its profiles users and items count as missing: no record of topics users"
                                + " and catalogue is read");
    }

    private BacktestTables of(String... profiles) {
        KafkaTopics topics =
                KafkaTopics.of(
                        entrants.get(0).config().withBootstrapServers("b:1"),
                        List.of("catalogue", "users"));
        List<KafkaRange> ranges = Stream.of(profiles).map(KafkaRange::parse).toList();
        return new BacktestTables(
                entrants,
                new KafkaHistory(
                        topics,
                        List.of(KafkaRange.parse("ratings/0=0..9")),
                        ranges,
                        TimeRange.ALL,
                        "offsets"),
                "topic ratings");
    }
}
