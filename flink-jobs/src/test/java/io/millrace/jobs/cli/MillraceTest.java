package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MillraceTest {

    private static final String RATINGS =
            """
            model: ratings
            objective: {type: rating, min: 1, max: 5}
            features:
              user: {type: categorical, dimension: 2}
            architecture: {type: dcn-v2, structure: parallel, cross-layers: 1, hidden: [4]}
            optimizers:
              embedding: {type: adagrad, learning-rate: 0.05}
              dense: {type: adam, learning-rate: 0.001}
            """;

    @TempDir Path directory;

    @Test
    void usageExample() {
        CommandLineRun run = CommandLineRun.of("--help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("demo", "simulate", "replay", "train", "score", "fit", "explain")
                .contains("dimensions", "models", "bench")
                .contains("millrace demo");
    }

    @Test
    void tellsItsVersion() {
        CommandLineRun run = CommandLineRun.of("--version");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("millrace ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo",
                "simulate",
                "replay",
                "train",
                "score",
                "explain",
                "dimensions",
                "models list",
                "models show"
            })
    void everyCommandHasHelpWithExampleAndTheCommonOptions(String command) {
        CommandLineRun run = CommandLineRun.of((Object[]) (command + " --help").split(" "));

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("Example", "millrace " + command)
                .contains("--config", "--bootstrap-servers", "--json");
    }

    @Test
    void whatTrainsOfflineNeedsNoBroker() {
        CommandLineRun run = CommandLineRun.of("fit", "--help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("Example", "millrace fit", "--config", "--json")
                .doesNotContain("--bootstrap-servers");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "trian",
                "models",
                "demo --duration soon",
                "demo --duration 1s",
                "demo --rate 0",
                "demo --rate many",
                "demo --nonsense",
                "demo --config absent.yaml",
                "demo --json absent/result.json",
                "simulate",
                "simulate --output events.jsonl --rate 0",
                "replay",
                "replay --input absent.jsonl --bootstrap-servers localhost:1",
                "train",
                "score",
                "fit",
                "explain",
                "dimensions",
                "models list",
                "models show --version two"
            })
    void mistakesAreAnsweredWithCode2AndASentence(String arguments) {
        CommandLineRun run =
                CommandLineRun.of(
                        (Object[]) (arguments.isEmpty() ? new String[0] : arguments.split(" ")));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .startsWith("millrace")
                .doesNotContain("\tat ")
                .hasLineCount(run.err().contains("Try") ? (int) run.err().lines().count() : 1);
    }

    @Test
    void aMistakeInThePipelineFileIsToldWithFileAndLineOnly() throws IOException {
        Path file = Files.writeString(directory.resolve("p.yaml"), RATINGS + "surprise: 1\n");

        CommandLineRun run = CommandLineRun.of("train", "--config", file, "--input", directory);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("p.yaml", "surprise").hasLineCount(1);
    }

    @Test
    void demoRefusesAPipelineOfRatings() throws IOException {
        CommandLineRun run = CommandLineRun.of("demo", "--config", ratings());

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("ratings").hasLineCount(1);
    }

    @Test
    void trainNeedsSomethingToTrainFrom() throws IOException {
        CommandLineRun run = CommandLineRun.of("train", "--config", ratings());

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("--input", "--bootstrap-servers");
    }

    @Test
    void inputOfNoKnownFormatIsAMistake() throws IOException {
        CommandLineRun run =
                CommandLineRun.of("train", "--config", ratings(), "--input", directory);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .contains("is of no known format", "MovieLens", "JSON lines")
                .hasLineCount(1);
    }

    @Test
    void inputWithoutTheEventsOfThePipelineIsAMistake() throws IOException {
        Path clicks = directory.resolve("clicks.jsonl");
        Files.writeString(clicks, "{\"type\":\"click\",\"impressionId\":\"a\",\"timestamp\":1}\n");

        CommandLineRun run = CommandLineRun.of("train", "--config", ratings(), "--input", clicks);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .contains("has no ratings for the pipeline", "but 0 impressions, 1 clicks")
                .hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--from 2014-10-21 --to 2014-10-21",
                "--from yesterday",
                "--speed fast",
                "--from 1970-01-02"
            })
    void aReplaysMistakesAreSentences(String options) throws IOException {
        Path events = directory.resolve("clicks.jsonl");
        Files.writeString(events, "{\"type\":\"click\",\"impressionId\":\"a\",\"timestamp\":1}\n");
        String line = "replay --bootstrap-servers localhost:1 --input " + events + " " + options;

        CommandLineRun run = CommandLineRun.of((Object[]) line.split(" "));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).containsAnyOf("--from", "--speed", "its events are of 1970-01-01");
    }

    @Test
    void restoreNeedsTheBrokersOfItsCheckpoint() throws IOException {
        CommandLineRun run =
                CommandLineRun.of(
                        "train", "--config", ratings(), "--input", directory, "--restore", "chk-1");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("--restore needs --bootstrap-servers");
    }

    @Test
    void scoringWithoutAVersionFails() throws IOException {
        CommandLineRun run =
                CommandLineRun.of("score", "--config", ratings(), "--versions", directory);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .contains("model ratings has no version yet", "millrace train")
                .hasLineCount(1);
    }

    @Test
    void modelsOfAnEmptyDirectoryFail() {
        CommandLineRun run = CommandLineRun.of("models", "list", "--directory", directory);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("there is no model in").hasLineCount(1);
    }

    @Test
    void simulationToAFileIsAFunctionOfItsSeed() throws IOException {
        Path first = simulate("a.jsonl", 7);
        Path second = simulate("b.jsonl", 7);
        Path other = simulate("c.jsonl", 8);

        assertThat(withoutTimes(first)).isEqualTo(withoutTimes(second));
        assertThat(withoutTimes(first)).isNotEqualTo(withoutTimes(other));
        assertThat(withoutTimes(first)).contains("\"type\":\"impression\"", "\"type\":\"click\"");
    }

    private Path simulate(String name, int seed) {
        Path file = directory.resolve(name);
        CommandLineRun run =
                CommandLineRun.of(
                        "simulate",
                        "--output",
                        file,
                        "--duration",
                        "2s",
                        "--rate",
                        100,
                        "--seed",
                        seed,
                        "--json",
                        "-");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("{").contains("\"impressions\" : 200");
        assertThat(run.err()).contains("200 impressions");
        return file;
    }

    private static String withoutTimes(Path file) throws IOException {
        return Files.readString(file).replaceAll("\"timestamp\":[0-9]+", "");
    }

    private Path ratings() throws IOException {
        return Files.writeString(directory.resolve("ratings.yaml"), RATINGS);
    }
}
