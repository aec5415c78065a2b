package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FitCommandTest {

    private static final String LOCATION = "millrace.ml-100k";
    private static final Path EXAMPLES = Path.of("..", "examples");
    private static final int USERS = 24;
    private static final int ITEMS = 20;

    @TempDir private Path directory;
    private Path data;

    /** Users and items of two kinds each: users rate 5 what is of their own kind, and else 1. */
    @BeforeEach
    void writeMovieLens() throws IOException {
        data = Files.createDirectory(directory.resolve("ml"));
        StringBuilder users = new StringBuilder();
        StringBuilder items = new StringBuilder();
        StringBuilder ratings = new StringBuilder();
        for (int user = 1; user <= USERS; user++) {
            users.append("%d|%d|M|other|%05d\n".formatted(user, 20 + user, user));
            for (int item = 1; item <= ITEMS; item++) {
                ratings.append(
                        "%d\t%d\t%d\t%d\n"
                                .formatted(user, item, (user + item) % 2 == 0 ? 5 : 1, user));
            }
        }
        for (int item = 1; item <= ITEMS; item++) {
            items.append("%d|Film %d (1995)|01-Jan-1995||u|1\n".formatted(item, item));
        }
        write("ml/u.genre", "unknown|0\n");
        write("ml/u.user", users.toString());
        write("ml/u.item", items.toString());
        write("ml/u.data", ratings.toString());
        write("cross.yaml", pipeline("cross", "cross-layers: 1, hidden: [8]"));
        write("linear.yaml", pipeline("linear", "cross-layers: 0, hidden: []"));
        write(
                "clicks.yaml",
                pipeline("clicks", "cross-layers: 1, hidden: [8]")
                        .replace("{type: rating, min: 1, max: 5}", "{type: click}"));
        write(
                "stream.yaml",
                pipeline("stream", "cross-layers: 1, hidden: [8]")
                        .replace(
                                "features:\n",
                                "stream-features: {n: {type: count, by: user, of: rating}}\n"
                                        + "features:\n  n: {type: numeric}\n"));
    }

    @Test
    void usageExample() throws IOException {
        CommandLineRun run = fit("--config cross.yaml linear.yaml --seeds 3 --epochs 30 --json -");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err())
                .contains("384 examples to learn from, 96 held out\n", "seed 3: rmse")
                .contains("of the part held out:", "seconds in all");
        JsonNode json = new JsonMapper().readTree(run.out());
        assertThat(json.get("split").textValue()).isEqualTo("random:0.8");
        JsonNode cross = json.get("models").get(0);
        assertThat(cross.get("architecture").textValue()).isEqualTo("dcn-v2");
        assertThat(cross.get("metric").textValue()).isEqualTo("rmse");
        // 8 x 8 + 8 of the cross layer, 8 x 8 + 8 of the deep one, 16 + 1, and 44 rows of 4.
        assertThat(cross.get("parameters").longValue()).isEqualTo(72 + 72 + 17 + 44 * 4);
        assertThat(cross.get("mean").doubleValue()).isLessThan(0.3);
        // The best that a sum of what user and item are can do is to say 3.
        assertThat(json.get("models").get(1).get("mean").doubleValue()).isGreaterThan(1.8);
        assertMeanAndDeviation(cross);
    }

    @Test
    void everyExampleCanBeFitted() throws IOException {
        List<Object> words = new ArrayList<>(List.of("fit", "--config"));
        words.add(EXAMPLES.resolve("movielens-tfrs.yaml"));
        try (Stream<Path> files = Files.list(EXAMPLES.resolve("movielens-tfrs"))) {
            words.addAll(files.sorted().toList());
        }
        int models = words.size() - 2;
        words.addAll(List.of("--input", data, "--seeds", 1, "--epochs", 1, "--json", "-"));

        CommandLineRun run = CommandLineRun.of(words.toArray());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(models).isGreaterThan(10);
        assertThat(new JsonMapper().readTree(run.out()).get("models"))
                .hasSize(models)
                .allMatch(model -> model.get("mean").isNumber());
    }

    @Test
    void realRatingsArePredictedAsWellAsByTheTutorial() throws IOException {
        Path real = Path.of(System.getProperty(LOCATION, "../../shared/data/ml-100k"));
        assumeThat(real.resolve("u.data"))
                .as("MovieLens 100K is not in %s; -D%s=DIR names another place", real, LOCATION)
                .exists();

        CommandLineRun run =
                CommandLineRun.of(
                        "fit",
                        "--config",
                        EXAMPLES.resolve("movielens-tfrs.yaml"),
                        "--input",
                        real,
                        "--seeds",
                        1,
                        "--json",
                        "-");

        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonNode model = new JsonMapper().readTree(run.out()).get("models").get(0);
        assertThat(model.get("mean").doubleValue()).isBetween(0.88, 0.9326);
    }

    @Test
    void theSameCommandGivesTheSameNumbers() throws IOException {
        String command = "--config cross.yaml --seeds 2 --epochs 2 --json -";

        assertThat(values(fit(command))).isEqualTo(values(fit(command)));
    }

    @Test
    void validationLeavesThePartHeldOutAlone() {
        CommandLineRun run =
                fit("--config cross.yaml --seeds 1 --validate 0.25 --early-stopping 3 --epochs 50");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .contains(
                        "259 examples to learn from, 29 to stop by, 96 to validate by; the 96 held"
                                + " out are left alone",
                        "of the validation part:")
                .doesNotContain(", 50 epochs");
    }

    @Test
    void clicksComeFromAFileOfEvents() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 400; i++) {
            boolean liked = (i / 20 + i % 20) % 2 == 0;
            lines.append(
                    """
                    {"type":"impression","impressionId":"%d","timestamp":%d,"user":"%d","item":"%d","features":{}}
                    """
                            .formatted(i, 1_700_000_000_000L + i, i / 20, i % 20));
            // A click that comes too late is none.
            lines.append(
                    """
                    {"type":"click","impressionId":"%d","timestamp":%d}
                    """
                            .formatted(i, 1_700_000_000_000L + i + (liked ? 1000 : 11_000)));
        }
        lines.append(
                "{\"type\":\"profile\",\"profile\":\"users\",\"key\":\"u\",\"timestamp\":1}\n");
        write("events.jsonl", lines.toString());

        CommandLineRun run =
                CommandLineRun.of(
                        "fit",
                        "--config",
                        directory.resolve("clicks.yaml"),
                        "--input",
                        directory.resolve("events.jsonl"),
                        "--epochs",
                        60,
                        "--seeds",
                        1,
                        "--json",
                        "-");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).contains("without 1 record of profiles");
        JsonNode model = new JsonMapper().readTree(run.out()).get("models").get(0);
        assertThat(model.get("metric").textValue()).isEqualTo("auc");
        assertThat(model.get("mean").doubleValue()).isGreaterThan(0.95);
        assertThat(model.get("std").isNull()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --config cross.yaml --split random:1.2       | --split: the share is 1.2
                    --config cross.yaml --split users:0.8        | such as random:0.8
                    --config cross.yaml --split random:0.999999  | 480 examples cannot be cut in two
                    --config cross.yaml --validate 1             | --validate must be above 0
                    --config cross.yaml --validate 1e-17         | --validate must be above 0
                    --config cross.yaml --validate 0.9999        | --validate 0.9999: 384 examples cannot
                    --config cross.yaml --validate 0.00001       | --validate 0.00001: 384 examples cannot
                    --config cross.yaml --split random:0.009 --early-stopping 1 | --early-stopping 1 keeps a tenth to stop by: 4 examples
                    --config cross.yaml --seeds 0                | --seeds must be from 1
                    --config cross.yaml --epochs 0               | --epochs must be from 1
                    --config cross.yaml --batch 0                | --batch must be from 1
                    --config cross.yaml --threads 0              | --threads must be from 1
                    --config cross.yaml --early-stopping -1      | --early-stopping must be from 0
                    --config cross.yaml --metric auc             | there are [rmse, mae]
                    --config clicks.yaml                         | has no impressions
                    --config stream.yaml                         | stream.yaml: stream-features and profiles are computed in the order of time
                    --config absent.yaml                         | there is no such file
                    --config cross.yaml --json absent/x.json     | is its directory there
                    """)
    void whatCannotBeTrainedIsRefused(String options, String sentence) {
        CommandLineRun run = fit(options);

        assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
        assertThat(run.err()).contains(sentence).hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    ''                                | is of no known format
                    {"type":"click","impressionId":"i","timestamp":1700000000000} | has no ratings
                    {"type":"rating"}                 | events.jsonl, line 1
                    {"type":"rating","timestamp":1700000000000,"user":"1","item":"1","rating":9,"features":{}} | the rating is not from 1.0 to 5.0
                    """)
    void eventsThatCannotBeLearnedFromAreToldByWhatTheyAre(String line, String sentence)
            throws IOException {
        write("events.jsonl", line + "\n");

        CommandLineRun run =
                CommandLineRun.of(
                        "fit",
                        "--config",
                        directory.resolve("cross.yaml"),
                        "--input",
                        directory.resolve("events.jsonl"));

        assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
        assertThat(run.err()).contains(sentence).hasLineCount(1);
    }

    @Test
    void aModelThatDivergesFailsAndLosesNothingOfTheOthers() throws IOException {
        write(
                "wild.yaml",
                pipeline("wild", "cross-layers: 2, hidden: [8]")
                        .replaceAll(
                                "type: adam, learning-rate: 0.02",
                                "type: sgd, learning-rate: 1e6"));

        Path result = directory.resolve("result.json");
        CommandLineRun run =
                fit("--config cross.yaml wild.yaml linear.yaml --seeds 2 --json " + result);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("wild.yaml, seed 1", "learning rate").hasLineCount(1);
        assertThat(tableOf(run)).hasSize(4).element(2).asString().contains("diverged", "wild.yaml");
        JsonNode models = new JsonMapper().readTree(result.toFile()).get("models");
        assertThat(models).hasSize(3);
        for (int other : new int[] {0, 2}) {
            assertThat(models.get(other).get("mean").isNumber()).isTrue();
            assertThat(models.get(other).get("failure").isNull()).isTrue();
            assertThat(models.get(other).get("runs")).hasSize(2);
        }
        JsonNode wild = models.get(1);
        assertThat(wild.get("mean").isNull()).isTrue();
        assertThat(wild.get("std").isNull()).isTrue();
        assertThat(wild.get("parameters").isNull()).isTrue();
        assertThat(wild.get("runs")).isEmpty();
        assertThat(wild.get("failure").textValue())
                .startsWith("seed 1: ")
                .contains("learning rate");
    }

    @Test
    void theMistakesOfAllFilesAreToldBeforeAnythingIsTrained() {
        CommandLineRun run = fit("--config cross.yaml clicks.yaml absent.yaml clicks.yaml");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines())
                .hasSize(2)
                .satisfiesExactly(
                        line -> assertThat(line).contains("millrace fit: ", "has no impressions"),
                        line -> assertThat(line).contains("absent.yaml: there is no such file"));
    }

    @Test
    void aFeatureThatNoEventHasIsTold() throws IOException {
        write(
                "misspelt.yaml",
                pipeline("misspelt", "cross-layers: 1, hidden: [8]")
                        .replace(
                                "architecture:",
                                """
                                  agex: {type: numeric}
                                  age: {type: numeric}
                                  zipx: {type: categorical, dimension: 4}
                                  zip: {type: categorical, dimension: 4}
                                  when: {type: cyclic, field: timestamp, period: day}
                                architecture:\
                                """));

        CommandLineRun run = fit("--config misspelt.yaml --seeds 1 --epochs 1");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out().lines().filter(line -> line.contains("no event")))
                .containsExactly(
                        "  feature \"agex\": no event has it",
                        "  feature \"zipx\": no event has it");
    }

    @Test
    void earlyStoppingIsRefusedWhereItsMetricHasNoValue() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            lines.append(
                    """
                    {"type":"impression","impressionId":"%d","timestamp":1700000000000,"user":"1","item":"1","features":{}}
                    """
                            .formatted(i));
        }
        write("events.jsonl", lines.toString());

        CommandLineRun run =
                CommandLineRun.of(
                        "fit",
                        "--config",
                        directory.resolve("clicks.yaml"),
                        "--input",
                        directory.resolve("events.jsonl"),
                        "--early-stopping",
                        2);

        assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
        assertThat(run.err())
                .contains("--early-stopping 2: auc has no value over the 8 examples to stop by")
                .hasLineCount(1);
    }

    @Test
    void oneOfAThingIsSingular() {
        CommandLineRun run = fit("--config cross.yaml --seeds 1 --epochs 1 --split random:0.003");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains(", 1 example to learn from, 479 held out", ", 1 epoch, ");
    }

    @Test
    void helpComparesAllExamples() {
        assertThat(CommandLineRun.of("fit", "--help").out().replaceAll("\\s+", " "))
                .contains("--config examples/movielens-tfrs.yaml examples/movielens-tfrs/*.yaml");
    }

    private static void assertMeanAndDeviation(JsonNode model) {
        double[] values = runs(model).toArray();
        double mean = DoubleStream.of(values).sum() / 3;
        double squares = DoubleStream.of(values).map(value -> Math.pow(value - mean, 2)).sum();
        assertThat(values).hasSize(3).doesNotHaveDuplicates();
        assertThat(model.get("mean").doubleValue()).isCloseTo(mean, Offset.offset(1e-12));
        assertThat(model.get("std").doubleValue())
                .isCloseTo(Math.sqrt(squares / 2), Offset.offset(1e-12));
    }

    /** The lines below that which says what the figures are of. */
    private static List<String> tableOf(CommandLineRun run) {
        return run.out()
                .lines()
                .dropWhile(line -> !line.equals("of the part held out:"))
                .skip(1)
                .toList();
    }

    private static DoubleStream runs(JsonNode model) {
        return StreamSupport.stream(model.get("runs").spliterator(), false)
                .mapToDouble(run -> run.get("value").doubleValue());
    }

    private static double[] values(CommandLineRun run) throws IOException {
        assertThat(run.exitCode()).as(run.err()).isZero();
        return runs(new JsonMapper().readTree(run.out()).get("models").get(0)).toArray();
    }

    /** Runs with the data; a word that ends in .yaml is a file of the test's directory. */
    private CommandLineRun fit(String options) {
        String[] words = ("fit " + options + " --input " + data).split(" +");
        for (int i = 0; i < words.length; i++) {
            if (words[i].endsWith(".yaml")) {
                words[i] = directory.resolve(words[i]).toString();
            }
        }
        return CommandLineRun.of((Object[]) words);
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(directory.resolve(file), text, StandardCharsets.ISO_8859_1);
    }

    private static String pipeline(String name, String network) {
        return """
        model: %s
        objective: {type: rating, min: 1, max: 5}
        features:
          user: {type: categorical, dimension: 4}
          item: {type: categorical, dimension: 4}
        architecture: {type: dcn-v2, structure: parallel, %s}
        optimizers:
          embedding: {type: adam, learning-rate: 0.02}
          dense: {type: adam, learning-rate: 0.02}
        training: {micro-batch: 32}
        """
                .formatted(name, network);
    }
}
