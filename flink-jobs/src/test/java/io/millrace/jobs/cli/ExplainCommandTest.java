package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainCommandTest {

    private static final String DCN = "{type: dcn-v2, cross-layers: 2, hidden: []}";

    @TempDir Path directory;

    @Test
    void usageExample() throws IOException {
        PublishedCrosses model = PublishedCrosses.in(directory, DCN);
        Path page = directory.resolve("crosses.html");
        Path png = directory.resolve("crosses.png");
        Path json = directory.resolve("crosses.json");

        CommandLineRun run =
                CommandLineRun.of(
                        "explain",
                        "--config",
                        model.config(),
                        "--output",
                        page,
                        "--png",
                        png,
                        "--json",
                        json);

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("The strongest cross is user × item: ", "version 3");
        String command =
                "<code>./millrace explain --config %s --version 3 --output %s --png %s --json %s</code>";
        assertThat(Files.readString(page))
                .contains("user × item", "ratings 0: 77")
                .contains(command.formatted(model.config(), page, png, json));
        assertThat(ImageIO.read(png.toFile()).getWidth()).isPositive();
        JsonNode result = new JsonMapper().readTree(json.toFile());
        assertThat(result.get("version").longValue()).isEqualTo(3);
        assertThat(result.get("pairs")).hasSize(3);
        assertThat(result.get("layers")).hasSize(2);
    }

    @Test
    void versionsWithoutAPipelineFileAreEnough() throws IOException {
        PublishedCrosses model = PublishedCrosses.in(directory, DCN);

        CommandLineRun run =
                CommandLineRun.of(
                        "explain",
                        "--versions",
                        model.versions(),
                        "--model",
                        "crosses",
                        "--json",
                        "-");

        assertThat(run.exitCode()).isZero();
        assertThat(new JsonMapper().readTree(run.out()).get("measure").textValue())
                .isEqualTo("cross-weights");
    }

    @Test
    void realExamplesAreReadFromJsonLines() throws IOException {
        PublishedCrosses model = PublishedCrosses.in(directory, "{type: autoint, layers: 1}");
        String rating =
                "{\"type\":\"rating\",\"timestamp\":1,\"user\":\"%s\",\"item\":\"i\",\"rating\":3}%n";
        Path events =
                Files.writeString(
                        directory.resolve("events.jsonl"),
                        rating.formatted("u") + rating.formatted("v") + "nonsense\n");
        Path json = directory.resolve("a.json");

        CommandLineRun run =
                CommandLineRun.of(
                        "explain", "--config", model.config(), "--input", events, "--json", json);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("line 3", "1 line of");
        JsonNode result = new JsonMapper().readTree(json.toFile());
        assertThat(result.at("/computed_of/count").longValue()).isEqualTo(2);
        assertThat(result.get("command").textValue()).contains("--input " + events);
        double[] row =
                new JsonMapper().treeToValue(result.at("/layers/0/strengths/0"), double[].class);
        assertThat(row[0] + row[1]).isBetween(0.999, 1.001);
    }

    /** What replay and backtest take is no bad line here. */
    @Test
    void profilesAmongTheExamplesArePassedOver() throws IOException {
        PublishedCrosses model = PublishedCrosses.in(directory, "{type: autoint, layers: 1}");
        Path events =
                Files.writeString(
                        directory.resolve("events.jsonl"),
                        """
                        {"type":"profile","profile":"users","key":"u","timestamp":1}
                        {"type":"rating","timestamp":1,"user":"u","item":"i","rating":3}
                        """);
        Path json = directory.resolve("a.json");

        CommandLineRun run =
                CommandLineRun.of(
                        "explain", "--config", model.config(), "--input", events, "--json", json);

        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonNode result = new JsonMapper().readTree(json.toFile());
        assertThat(result.at("/computed_of/count").longValue()).isEqualTo(1);
    }

    @Test
    void attentionWithoutExamplesIsAMistakeToldInASentence() throws IOException {
        PublishedCrosses model = PublishedCrosses.in(directory, "{type: autoint}");

        CommandLineRun run =
                CommandLineRun.of("explain", "--config", model.config(), "--json", "-");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("autoint", "--input").hasLineCount(1);
    }

    @Test
    void theCommandThatMakesItAgainHasAbsolutePathsAndTheSameOutputs() throws IOException {
        PublishedCrosses model = PublishedCrosses.in(directory, DCN);
        Path here = Path.of("").toAbsolutePath();

        CommandLineRun run =
                CommandLineRun.of(
                        "explain",
                        "--config",
                        here.relativize(model.config()),
                        "--versions",
                        here.relativize(model.versions()),
                        "--json",
                        "-");

        assertThat(new JsonMapper().readTree(run.out()).get("command").textValue())
                .isEqualTo(
                        "./millrace explain --config %s --versions %s --version 3 --json -"
                                .formatted(model.config(), model.versions()));
    }

    @Test
    void perWeightIsOfCrossWeightsOnly() throws IOException {
        PublishedCrosses model = PublishedCrosses.in(directory, "{type: fm}");

        CommandLineRun run =
                CommandLineRun.of(
                        "explain", "--config", model.config(), "--per-weight", "--json", "-");

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).contains("--per-weight is of cross weights", "fm has none");
        JsonNode result = new JsonMapper().readTree(run.out());
        assertThat(result.get("per_weight").booleanValue()).isFalse();
        assertThat(result.get("command").textValue()).doesNotContain("--per-weight");
    }

    @Test
    void perWeightNormsOfCrossWeightsSayThatTheyAre() throws IOException {
        PublishedCrosses model = PublishedCrosses.in(directory, DCN);

        CommandLineRun run =
                CommandLineRun.of(
                        "explain", "--config", model.config(), "--per-weight", "--json", "-");

        JsonNode result = new JsonMapper().readTree(run.out());
        assertThat(run.err()).doesNotContain("changes nothing");
        assertThat(result.get("per_weight").booleanValue()).isTrue();
        assertThat(result.get("command").textValue()).contains(" --per-weight ");
    }

    @Test
    void versionsThatAreNotThereAreAMistake() throws IOException {
        PublishedCrosses model = PublishedCrosses.in(directory, DCN);
        Path absent = directory.resolve("nodir");

        CommandLineRun noModel =
                CommandLineRun.of(
                        "explain",
                        "--versions",
                        model.versions(),
                        "--model",
                        "nope",
                        "--json",
                        "-");
        CommandLineRun noDirectory =
                CommandLineRun.of(
                        "explain", "--config", model.config(), "--versions", absent, "--json", "-");

        assertThat(noModel.exitCode()).isEqualTo(2);
        assertThat(noModel.err())
                .contains(model.versions() + " has no model nope; it has [crosses]")
                .hasLineCount(1);
        assertThat(noDirectory.exitCode()).isEqualTo(2);
        assertThat(noDirectory.err()).contains("there is no directory " + absent).hasLineCount(1);
    }

    /** Tests run where there is no such directory. */
    @Test
    void aModelAloneIsLookedForWhereVersionsAreByDefault() {
        CommandLineRun run = CommandLineRun.of("explain", "--model", "m", "--output", "x.html");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("there is no directory .millrace/versions");
    }

    @Test
    void oneFileIsNotWrittenTwice() throws IOException {
        PublishedCrosses model = PublishedCrosses.in(directory, DCN);
        Path file = directory.resolve("same");
        Path alias = directory.resolve("./same");

        CommandLineRun pagePicture =
                CommandLineRun.of(
                        "explain", "--config", model.config(), "--output", file, "--png", alias);
        CommandLineRun pictureJson =
                CommandLineRun.of(
                        "explain", "--config", model.config(), "--png", file, "--json", file);

        assertThat(pagePicture.exitCode()).isEqualTo(2);
        assertThat(pagePicture.err()).contains("--output and --png are both").hasLineCount(1);
        assertThat(pictureJson.exitCode()).isEqualTo(2);
        assertThat(pictureJson.err()).contains("--png and --json are both").hasLineCount(1);
        assertThat(file).doesNotExist();
    }

    @Test
    void whereNothingCanBeDrawnItNamesWhatCan() throws IOException {
        PublishedCrosses model = PublishedCrosses.in(directory, "{type: dcn}");

        CommandLineRun run =
                CommandLineRun.of("explain", "--config", model.config(), "--json", "-");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("dcn-v2", "autoint", "vector").hasLineCount(1);
    }

    @Test
    void mistakesAreToldBeforeAnythingIsRead() throws IOException {
        PublishedCrosses model = PublishedCrosses.in(directory, DCN);

        assertThat(CommandLineRun.of("explain", "--config", model.config()).err())
                .contains("--output", "--png", "--json")
                .hasLineCount(1);
        assertThat(
                        CommandLineRun.of(
                                        "explain",
                                        "--config",
                                        model.config(),
                                        "--output",
                                        directory.resolve("absent/x.html"))
                                .exitCode())
                .isEqualTo(2);
        assertThat(
                        CommandLineRun.of(
                                        "explain",
                                        "--config",
                                        model.config(),
                                        "--version",
                                        "9",
                                        "--json",
                                        "-")
                                .err())
                .contains("no version 9", "[3]");
    }
}
