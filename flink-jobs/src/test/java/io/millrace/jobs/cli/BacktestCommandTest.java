package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a backtest refuses before anything is trained; that it runs is for {@link BacktestITCase}.
 */
class BacktestCommandTest {

    @TempDir private Path directory;

    @BeforeEach
    void writeFiles() throws IOException {
        BacktestFiles files = new BacktestFiles(directory);
        files.pipeline("a");
        files.pipeline("b");
        files.pipeline("far", "max: 5", "max: 10");
        files.pipeline("late", "training:", "events: {out-of-orderness: 5m}\ntraining:");
        files.pipeline("twin", "model: twin", "model: a");
        files.ratings(20);
        Files.createDirectories(directory.resolve("sub"));
        Files.copy(directory.resolve("a.yaml"), directory.resolve("sub/a.yaml"));
        Files.writeString(directory.resolve("empty.jsonl"), "");
        Files.writeString(
                directory.resolve("clicks.yaml"),
                Files.readString(directory.resolve("a.yaml"))
                        .replace("model: a", "model: clicks")
                        .replace("{type: rating, min: 1, max: 5}", "{type: click}"));
        labels("instant", "labels: {policy: immediate}");
        labels("short", "labels: {attribution-window: 5s, late-window: 10s}");
        labels("corrected", "labels: {late-window: 5m}");
        Files.writeString(
                directory.resolve("sampled.yaml"),
                Files.readString(directory.resolve("clicks.yaml"))
                        .replace("model: clicks", "model: sampled")
                        .replace("{type: click}", "{type: click, negative-sampling: 0.5}"));
    }

    /** Of the pipeline that learns clicks, but for its labels. */
    private void labels(String name, String labels) throws IOException {
        Files.writeString(
                directory.resolve(name + ".yaml"),
                Files.readString(directory.resolve("clicks.yaml"))
                                .replace("model: clicks", "model: " + name)
                        + labels
                        + "\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    a.yaml far.yaml   | objective is rating from 1.0 to 5.0 in @/a.yaml and rating from 1.0 to 10.0 in @/far.yaml
                    a.yaml clicks.yaml | and click in @/clicks.yaml, but pipelines of one backtest learn from the same examples
                    a.yaml late.yaml  | events.out-of-orderness is 1s in @/a.yaml and 5m in @/late.yaml
                    clicks.yaml instant.yaml | labels.policy is wait in @/clicks.yaml and immediate in @/instant.yaml, but pipelines of one backtest learn from the same examples
                    clicks.yaml short.yaml | labels.attribution-window is 10s in @/clicks.yaml and 5s in @/short.yaml
                    clicks.yaml corrected.yaml | labels.late-window is 10s in @/clicks.yaml and 5m in @/corrected.yaml
                    clicks.yaml sampled.yaml | objective.negative-sampling is 1.0 in @/clicks.yaml and 0.5 in @/sampled.yaml
                    a.yaml sub/a.yaml | @/a.yaml and @/sub/a.yaml would both be called a
                    absent.yaml       | absent.yaml: there is no such file
                    """)
    void pipelinesThatCannotBeCompared(String configs, String expected) {
        assertRefused("--config " + configs + " --input ratings.jsonl", expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --metric auc             | --metric: ratings have no metric "auc"; there are rmse, mae, bias
                    --slice new:             | --slice: expected a field of the events such as position, or new: and a field
                    --slice old:user         | --slice: expected
                    --slice user user        | --slice: name each of [user, user] once
                    --sync 0,fast            | --sync: expected 0 for at once, an interval such as 30s, 5m, 1h or 1d, or never, found "fast"
                    --sync 60m,1h            | --sync: 1h is the same as 60m, name it once
                    --judge-from 100%        | --judge-from: expected a share of the events below 100% such as 50%, an instant
                    --judge-from yesterday   | --judge-from: expected
                    --judge-from 2030-01-01  | --judge-from 2030-01-01T00:00:00Z: nothing would be judged, the last event is of 2023-11-15T17:13:20Z
                    --from 2024-01-02 --to 2024-01-01 | must be before
                    --from 2024-01-02        | has no events from 2024-01-02T00:00:00Z
                    --readers 0              | --readers must be from 1 to 128
                    --replicates -1          | --replicates must be from 0 to 100000
                    --report no/dir/r.html   | --report no/dir/r.html is no file that can be written
                    --json no/dir/r.json     | --json no/dir/r.json is no file that can be written
                    --versions a.yaml        | is a file, not a directory
                    --from-version 3         | --from-version is of offsets in Kafka, but --input @/ratings.jsonl is files: name a topic
                    --to-version 3           | --to-version is of offsets in Kafka
                    --offsets ratings/0=1..5 | --offsets is of offsets in Kafka
                    --from-version 3 --to-version 3 | --from-version 3 is not before --to-version 3
                    --to-version 3 --offsets ratings/0=1..5 | name one of them
                    """)
    void optionsThatMakeNoSense(String options, String expected) {
        assertRefused("--config a.yaml --input ratings.jsonl " + options, expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --input absent.jsonl | absent.jsonl: there is no such file or directory, nor is it a topic that @/a.yaml learns from, which is ratings
                    --input empty.jsonl  | empty.jsonl is empty
                    --input a.yaml       | a.yaml is of no known format
                    --input ratings      | --input ratings is a topic: name its brokers with --bootstrap-servers
                    """)
    void inputThatIsNotThere(String options, String expected) {
        assertRefused("--config a.yaml " + options, expected);
    }

    @Test
    void versionsAreNotMixedWithOthers() throws IOException {
        Path other = Files.createDirectories(directory.resolve("kept/crosses"));
        PublishedCrosses published =
                PublishedCrosses.in(other, "{type: dcn-v2, cross-layers: 1, hidden: []}");
        Files.move(published.versions().resolve("crosses"), other.resolve("crosses"));

        CommandLineRun run =
                CommandLineRun.of(
                        "backtest",
                        "--config",
                        published.config(),
                        "--input",
                        directory.resolve("ratings.jsonl"),
                        "--versions",
                        directory.resolve("kept"));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("kept/crosses has versions already").hasLineCount(1);
    }

    @Test
    void aVersionThatIsNotThere() throws IOException {
        PublishedCrosses published =
                PublishedCrosses.in(directory, "{type: dcn-v2, cross-layers: 1, hidden: []}");

        CommandLineRun run =
                CommandLineRun.of(
                        "backtest",
                        "--config",
                        published.config(),
                        "--input",
                        "ratings",
                        "--bootstrap-servers",
                        "localhost:1",
                        "--from-version",
                        8);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .contains("--from-version 8: model crosses has no version 8; it has [3] in ")
                .hasLineCount(1);
    }

    @Test
    void helpShowsEveryOption() {
        assertThat(CommandLineRun.of("backtest", "--help").out().replaceAll("\\s+", " "))
                .contains("--config=FILE", "--sync=WHEN", "with --sync never 50%)", "new:FIELD")
                .contains("--from-version 7");
    }

    private void assertRefused(String options, String expected) {
        String[] words = ("backtest " + options).split(" +");
        for (int i = 0; i < words.length; i++) {
            if (words[i].matches("[a-z/]+\\.(yaml|jsonl)")) {
                words[i] = directory.resolve(words[i]).toString();
            }
        }
        CommandLineRun run = CommandLineRun.of((Object[]) words);

        assertThat(run.err()).contains(expected.replace("@", directory.toString()));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).hasLineCount(1);
        assertThat(run.out()).isEmpty();
    }
}
