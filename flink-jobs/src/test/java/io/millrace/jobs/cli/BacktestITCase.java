package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.jobs.TestKafka;
import io.millrace.model.version.VersionPaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command from a file of ratings to page and JSON. */
class BacktestITCase {

    private static final int RATINGS = 600;

    @TempDir private Path directory;
    private Path cross;
    private Path linear;
    private Path ratings;

    @BeforeEach
    void writeFiles() throws IOException {
        BacktestFiles files = new BacktestFiles(directory);
        cross = files.pipeline("cross");
        linear =
                files.pipeline(
                        "linear", "cross-layers: 1, hidden: [4]", "cross-layers: 0, hidden: []");
        ratings = files.ratings(RATINGS);
    }

    @Test
    void usageExample() throws IOException {
        Path page = directory.resolve("out.html");
        Path versions = directory.resolve("kept");

        CommandLineRun run =
                backtest(
                        "--config",
                        cross,
                        linear,
                        "--sync",
                        "0,6h,never",
                        "--slice",
                        "new:user",
                        "age",
                        "absent",
                        "--versions",
                        versions,
                        "--report",
                        page,
                        "--json",
                        "-");

        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonNode json = new JsonMapper().readTree(run.out());
        assertThat(json.get("complete").booleanValue()).isTrue();
        assertThat(json.get("data").get("events").longValue()).isEqualTo(RATINGS);
        assertThat(json.get("data").get("examples").longValue()).isEqualTo(RATINGS);
        assertThat(json.get("data").get("rejected").longValue()).isEqualTo(1);
        assertThat(json.get("syncs")).hasSize(3);
        assertThat(json.get("pipelines"))
                .extracting(one -> one.get("name").textValue())
                .containsExactly("cross", "linear");
        JsonNode first = json.get("pipelines").get(0);
        assertThat(first.get("start_version").isNull()).isTrue();
        assertThat(first.get("last_version").longValue()).isEqualTo(1);
        // With never among the syncs the second half is judged.
        assertThat(first.get("examples").longValue()).isEqualTo(RATINGS / 2);
        assertThat(rmse(first)).isLessThan(rmse(json.get("base_rate")));
        assertThat(first.get("freshness")).hasSize(3);
        assertThat(json.get("comparisons")).isNotEmpty();
        assertThat(run.err())
                .contains("cross: dcn-v2, begins with empty parameters")
                .contains("RMSE", "base rate", "every 6h", "examples/s for 2 pipelines")
                .contains("1 record could not be used", "line 8")
                .contains("--slice absent: no event has it")
                .contains("The page is " + page);
        assertThat(Files.readString(page))
                .contains("user × item", "RMSE by age", "has no cross layer")
                .contains("./millrace backtest --config " + cross);
        assertThat(versions.resolve("cross").resolve(VersionPaths.manifest("cross", 1))).exists();
    }

    @Test
    void theSameCommandGivesTheSameNumbersAtAnyNumberOfReaders() throws IOException {
        List<Object> options =
                List.of("--config", cross, linear, "--sync", "1h,0", "--slice", "new:item");

        String first = deterministic(backtest(withJson(options, "--readers", 1)));
        String second = deterministic(backtest(withJson(options, "--readers", 1)));
        String third = deterministic(backtest(withJson(options, "--readers", 3)));

        assertThat(second).isEqualTo(first);
        assertThat(third).isEqualTo(first);
    }

    @Test
    void aPipelineThatDivergesLeavesAPartialReport() throws IOException {
        Path wild =
                new BacktestFiles(directory)
                        .pipeline(
                                "wild",
                                "architecture:",
                                "  spike: {type: numeric}\narchitecture:",
                                "{type: adagrad, learning-rate: 0.02}",
                                "{type: sgd, learning-rate: 0.02}");
        Path page = directory.resolve("out.html");
        // So many that the one cannot come to its end before the other has begun.
        ratings =
                new BacktestFiles(Files.createDirectory(directory.resolve("many")))
                        .ratings(20_000, 19_500);

        CommandLineRun run = backtest("--config", cross, wild, "--report", page, "--json", "-");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("millrace backtest: failed after ", "learning rate");
        assertThat(new JsonMapper().readTree(run.out()).get("complete").booleanValue()).isFalse();
        assertThat(Files.readString(page))
                .contains("This is a partial result: it failed after", "learning rate");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    attribution-window: 10s                                        | 45 | 51
                    attribution-window: 10s, late-window: 20s                      | 35 | 41
                    policy: immediate, attribution-window: 10s, late-window: 20s   | 35 | 41
                    """)
    void impressionsWithoutAllOfTheirWindowAreNotJudged(String labels, int from, int to)
            throws IOException {
        String example = Files.readString(Path.of("../examples/clicks.yaml"));
        Path config =
                Files.writeString(
                        directory.resolve("clicks.yaml"),
                        example.replace("{attribution-window: 10s}", "{" + labels + "}")
                                        .replace(
                                                "features:\n",
                                                """
                                                features:
                                                  age: {type: numeric, field: users.age}
                                                """)
                                + "profiles:\n  users: {by: user}\n");
        Path events = directory.resolve("clicks.jsonl");
        CommandLineRun world =
                CommandLineRun.of(
                        "simulate",
                        "--output",
                        events,
                        "--duration",
                        "60s",
                        "--rate",
                        "50",
                        "--start",
                        "2026-01-01");
        assertThat(world.exitCode()).as(world.err()).isZero();

        CommandLineRun run =
                CommandLineRun.of(
                        "backtest",
                        "--config",
                        config,
                        "--input",
                        events,
                        "--window",
                        "1s",
                        "--json",
                        "-");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err())
                .contains(
                        "its profile users counts as missing: " + events + " has no record of it");
        JsonNode json = new JsonMapper().readTree(run.out());
        JsonNode clicks = json.get("pipelines").get(0);
        assertThat(clicks.get("examples").longValue())
                .isPositive()
                .isLessThan(json.get("data").get("examples").longValue());
        List<JsonNode> windows = new ArrayList<>();
        clicks.get("windows").forEach(windows::add);
        assertThat(windows.get(windows.size() - 1).get("to").textValue())
                .isBetween("2026-01-01T00:00:" + from + "Z", "2026-01-01T00:00:" + to + "Z");
    }

    @Test
    void eventsOfAnotherKindAreToldBeforeAnythingIsTrained() {
        CommandLineRun run =
                CommandLineRun.of(
                        "backtest", "--config", "../examples/clicks.yaml", "--input", ratings);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("has no impressions for the pipeline clicks to learn from");
    }

    @Test
    @Tag("kafka")
    void aVersionIsGoneOnFromWhereItEndsInKafka() throws IOException {
        Path broker = Files.createDirectory(directory.resolve("broker"));
        try (TestKafka kafka = TestKafka.start(broker)) {
            List<Object> same =
                    List.of(
                            "--config",
                            cross,
                            "--input",
                            ratings,
                            "--bootstrap-servers",
                            kafka.bootstrapServers());
            // A line is bad, which both say by their exit code.
            CommandLineRun train = run("train", same);
            assertThat(train.out()).as(train.err()).contains("the last is version");
            CommandLineRun replay = run("replay", same);
            long newest = Versions.in(directory.resolve("published"), "cross").newest();

            CommandLineRun warm =
                    CommandLineRun.of(
                            "backtest",
                            "--config",
                            cross,
                            linear,
                            "--input",
                            "ratings",
                            "--bootstrap-servers",
                            kafka.bootstrapServers(),
                            "--from-version",
                            newest,
                            "--json",
                            "-");

            assertThat(warm.exitCode()).as(warm.err() + replay.err()).isZero();
            JsonNode json = new JsonMapper().readTree(warm.out());
            assertThat(json.get("data").get("events").longValue()).isEqualTo(RATINGS);
            assertThat(json.get("command").textValue())
                    .contains("--from-version " + newest)
                    .contains("--offsets ratings/0=" + RATINGS + ".." + 2 * RATINGS);
            JsonNode begun = json.get("pipelines").get(0);
            JsonNode cold = json.get("pipelines").get(1);
            assertThat(begun.get("start_version").longValue()).isEqualTo(newest);
            assertThat(cold.get("start_version").isNull()).isTrue();
            assertThat(firstWindow(begun)).isLessThan(firstWindow(cold) - 0.3);
            assertThat(warm.err())
                    .contains("cross: dcn-v2, begins with the weights of version " + newest)
                    .contains("linear: dcn-v2, begins with empty parameters: its features");

            CommandLineRun seen =
                    CommandLineRun.of(
                            "backtest",
                            "--config",
                            cross,
                            "--input",
                            "ratings",
                            "--bootstrap-servers",
                            kafka.bootstrapServers(),
                            "--from-version",
                            newest,
                            "--offsets",
                            "ratings/0=" + (RATINGS - 1) + ".." + 2 * RATINGS);
            assertThat(seen.exitCode()).isEqualTo(2);
            assertThat(seen.err())
                    .contains("begins before offset " + RATINGS)
                    .contains("leave out --from-version");
        }
    }

    private static CommandLineRun run(String command, List<Object> options) {
        List<Object> words = new ArrayList<>(List.of(command));
        words.addAll(options);
        return CommandLineRun.of(words.toArray());
    }

    private static double firstWindow(JsonNode pipeline) {
        return pipeline.get("windows").get(0).get("metrics").get("rmse").doubleValue();
    }

    private CommandLineRun backtest(Object... options) {
        List<Object> words = new ArrayList<>(List.of("backtest", "--input", ratings));
        words.addAll(List.of(options));
        return CommandLineRun.of(words.toArray());
    }

    private static Object[] withJson(List<Object> options, Object... more) {
        List<Object> all = new ArrayList<>(options);
        all.addAll(List.of(more));
        all.addAll(List.of("--json", "-"));
        return all.toArray();
    }

    /** The JSON but for the two that may differ. */
    private static String deterministic(CommandLineRun run) throws IOException {
        assertThat(run.exitCode()).as(run.err()).isZero();
        ObjectNode json = (ObjectNode) new JsonMapper().readTree(run.out());
        json.remove(List.of("throughput", "command"));
        return json.toString();
    }

    private static double rmse(JsonNode of) {
        return of.get("metrics").get("rmse").get("value").doubleValue();
    }
}
