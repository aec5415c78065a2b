package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.jobs.TestKafka;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainAndScoreITCase {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int RATINGS = 600;

    @TempDir Path directory;
    private Path ratings;
    private Path clicks;
    private Path result;

    @BeforeEach
    void pipelines() throws IOException {
        result = directory.resolve("result.json");
        ratings =
                pipeline(
                        "ratings",
                        "{type: rating, min: 1, max: 5}",
                        "{user: {type: categorical, dimension: 4}, item: {type: categorical,"
                                + " dimension: 4}, genres: {type: categorical-list, dimension: 2,"
                                + " pooling: mean, max-length: 5}}");
        clicks =
                pipeline(
                        "clicks",
                        "{type: click}",
                        "{user: {type: categorical, dimension: 4}, item: {type: categorical,"
                                + " dimension: 4}, position: {type: categorical, dimension: 2}}");
    }

    @Test
    void trainsOnMovieLensAndScoresWithWhatItLearned() throws IOException {
        CommandLineRun trained =
                CommandLineRun.of(
                        "train", "--config", ratings, "--input", movieLens(), "--json", result);

        assertThat(trained.exitCode()).as(trained.err()).isZero();
        JsonNode json = JSON.readTree(result.toFile());
        assertThat(json.fieldNames())
                .toIterable()
                .containsExactly(
                        "examples",
                        "dead_letters",
                        "rmse",
                        "mae",
                        "rate",
                        "versions",
                        "last_version",
                        "state_rows");
        assertThat(json.get("examples").longValue()).isEqualTo(RATINGS);
        assertThat(json.get("dead_letters").longValue()).isZero();
        assertThat(json.get("rmse").doubleValue()).isBetween(0.0, 2.0);
        assertThat(json.get("state_rows").longValue()).isGreaterThan(20 + 30 + 2);
        assertThat(trained.out()).contains("RMSE", "MAE", "200", "400", "600");
        long version = json.get("last_version").longValue();

        Path scores = directory.resolve("scores.jsonl");
        CommandLineRun scored =
                CommandLineRun.of(
                        "score",
                        "--config",
                        ratings,
                        "--input",
                        requests(),
                        "--output",
                        scores,
                        "--json",
                        result);

        assertThat(scored.exitCode()).as(scored.err()).isZero();
        List<String> lines = Files.readAllLines(scores);
        assertThat(lines).hasSize(2);
        JsonNode score = JSON.readTree(lines.get(0));
        assertThat(score.get("status").textValue()).isEqualTo("SCORED");
        assertThat(score.get("version").longValue()).isEqualTo(version);
        assertThat(score.get("scores")).hasSize(2);
        assertThat(score.at("/scores/0/score").doubleValue()).isBetween(1.0, 5.0);

        assertModelsAreShown(version);
        assertNumberingContinues(version);
    }

    @Test
    @Tag("kafka")
    void simulatesReplaysAndTrainsFromGivenBrokers() throws IOException {
        Path events = directory.resolve("events.jsonl");
        assertThat(
                        CommandLineRun.of(
                                        "simulate",
                                        "--output",
                                        events,
                                        "--duration",
                                        "20s",
                                        "--rate",
                                        100)
                                .exitCode())
                .isZero();
        Files.writeString(events, "nonsense\n", StandardOpenOption.APPEND);
        try (TestKafka kafka = TestKafka.start(directory)) {
            CommandLineRun replayed =
                    CommandLineRun.of(
                            "replay",
                            "--config",
                            clicks,
                            "--bootstrap-servers",
                            kafka.bootstrapServers(),
                            "--input",
                            events,
                            "--json",
                            result);

            assertThat(replayed.exitCode()).isEqualTo(1);
            assertThat(replayed.err()).contains("line " + Files.readAllLines(events).size() + ": ");
            JsonNode sent = JSON.readTree(result.toFile());
            assertThat(sent.get("impressions").longValue()).isEqualTo(2000);
            assertThat(sent.get("bad_lines").longValue()).isEqualTo(1);

            Path one = Files.writeString(directory.resolve("one.jsonl"), lateClick());
            CommandLineRun trained =
                    CommandLineRun.of(
                            "train",
                            "--config",
                            clicks,
                            "--bootstrap-servers",
                            kafka.bootstrapServers(),
                            "--input",
                            one,
                            "--json",
                            result);

            assertThat(trained.exitCode()).as(trained.err()).isZero();
            JsonNode json = JSON.readTree(result.toFile());
            assertThat(json.get("examples").longValue()).isEqualTo(2000);
            assertThat(json.get("auc").doubleValue()).isBetween(0.0, 1.0);
            assertThat(json.has("rmse")).isFalse();
            assertThat(json.get("dead_letters").longValue()).isEqualTo(1);
            assertThat(trained.out()).contains("dead letter: clicks", "UNMATCHED_CLICK");
        }
    }

    private void assertModelsAreShown(long newest) throws IOException {
        CommandLineRun list =
                CommandLineRun.of("models", "list", "--config", ratings, "--json", result);
        assertThat(list.exitCode()).isZero();
        assertThat(list.out()).contains("version", "base", "600", "rmse");
        JsonNode versions = JSON.readTree(result.toFile()).get("versions");
        assertThat(versions.get(versions.size() - 1).get("version").longValue()).isEqualTo(newest);

        CommandLineRun show =
                CommandLineRun.of("models", "show", "--directory", directory.resolve("versions"));
        assertThat(show.exitCode()).isZero();
        assertThat(show.out())
                .contains(
                        "model       ratings",
                        "version     " + newest,
                        "ratings  0: 600",
                        "fingerprint ",
                        "parts");

        assertThat(
                        CommandLineRun.of("models", "show", "--config", ratings, "--version", 999)
                                .exitCode())
                .isEqualTo(1);
    }

    private void assertNumberingContinues(long newest) throws IOException {
        CommandLineRun again =
                CommandLineRun.of(
                        "train", "--config", ratings, "--input", movieLens(), "--json", result);

        assertThat(again.exitCode()).as(again.err()).isZero();
        assertThat(again.out()).contains("numbering continues after version " + newest);
        JsonNode json = JSON.readTree(result.toFile());
        assertThat(json.get("last_version").longValue()).isGreaterThan(newest);
        assertThat(json.get("examples").longValue()).isEqualTo(RATINGS);
    }

    private Path pipeline(String model, String objective, String features) throws IOException {
        return Files.writeString(
                directory.resolve(model + ".yaml"),
                """
                model: %s
                objective: %s
                features: %s
                architecture: {type: dcn-v2, structure: parallel, cross-layers: 1, hidden: [4]}
                optimizers:
                  embedding: {type: adagrad, learning-rate: 0.05}
                  dense: {type: adam, learning-rate: 0.001}
                training: {micro-batch: 16}
                versions: {directory: %s, every: 500ms}
                checkpoints: {directory: %s}
                metrics: {every-examples: 200}
                """
                        .formatted(
                                model,
                                objective,
                                features,
                                directory.resolve("versions"),
                                directory.resolve("checkpoints")));
    }

    /** 20 users and 30 items of two genres, in the data set's own four files. */
    private Path movieLens() throws IOException {
        Path home = Files.createDirectories(directory.resolve("ml"));
        StringBuilder users = new StringBuilder();
        StringBuilder items = new StringBuilder();
        StringBuilder data = new StringBuilder();
        for (int user = 1; user <= 20; user++) {
            users.append(user).append("|30|F|writer|12345\n");
        }
        for (int item = 1; item <= 30; item++) {
            items.append("%d|Film (1990)|01-Jan-1990||url|%d|%d\n".formatted(item, item % 2, 1));
        }
        for (int i = 0; i < RATINGS; i++) {
            data.append(
                    "%d\t%d\t%d\t%d\n"
                            .formatted(1 + i % 20, 1 + i / 20, 1 + i * 7 % 5, 880_000_000 + i));
        }
        Files.writeString(home.resolve("u.user"), users, StandardCharsets.ISO_8859_1);
        Files.writeString(home.resolve("u.item"), items, StandardCharsets.ISO_8859_1);
        Files.writeString(home.resolve("u.genre"), "Drama|0\nComedy|1\n");
        Files.writeString(home.resolve("u.data"), data);
        return home;
    }

    private Path requests() throws IOException {
        return Files.writeString(
                directory.resolve("requests.jsonl"),
                """
                {"requestId":"a","timestamp":880000000000,"user":"1","candidates":[{"item":"1"},{"item":"2"}]}

                {"requestId":"b","timestamp":880000000000,"user":"nobody","candidates":[{"item":"3"}]}
                """);
    }

    private static String lateClick() {
        return "{\"type\":\"click\",\"impressionId\":\"nothing\",\"timestamp\":1700000000000}\n";
    }
}
