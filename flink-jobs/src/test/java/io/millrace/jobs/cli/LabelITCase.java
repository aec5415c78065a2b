package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code millrace label} says of files of events. */
@Timeout(180)
class LabelITCase {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Every kind of line, in seconds; event time may come a second late. */
    private static final String EVENTS =
            """
            {"type":"impression","impressionId":"a","timestamp":1000,"user":"u1","item":"i1","features":{"position":1}}
            {"type":"impression","impressionId":"b","timestamp":2000,"user":"u2","item":"i2"}
            {"type":"click","impressionId":"a","timestamp":3000}
            {"type":"click","impressionId":"a","timestamp":3500}
            {"type":"impression","impressionId":"a","timestamp":1000,"user":"u1","item":"i1","features":{"position":1}}
            no JSON
            {"type":"rating","timestamp":5,"user":"u","item":"i","rating":3}
            {"type":"profile","profile":"users","key":"u1","timestamp":3,"features":{}}
            {"type":"impression","impressionId":"c","timestamp":3600,"user":"u2","item":"i2","features":{"position":1.5}}
            {"type":"click","impressionId":"b","timestamp":-1}
            {"type":"click","impressionId":"b","timestamp":20000}
            {"type":"click","impressionId":"nobody","timestamp":20001}
            {"type":"impression","impressionId":"d","timestamp":25000,"user":"u3","item":"i2"}
            {"type":"click","impressionId":"d","timestamp":55500}
            {"type":"impression","impressionId":"e","timestamp":70000,"user":"u3","item":"i2"}
            {"type":"impression","impressionId":"f","timestamp":1500,"user":"u2","item":"i2"}
            """;

    @TempDir Path directory;

    @Test
    void everyKindOfLineIsTold() throws IOException {
        CommandLineRun run =
                label("labels: {attribution-window: 10s, late-window: 30s}", "", EVENTS);

        assertThat(run.exitCode()).as(run.err()).isZero();
        List<JsonNode> lines = lines();
        assertThat(lines.stream().map(LabelITCase::said))
                .containsExactly(
                        "CLICK a 1 x 1 at 3000",
                        "DUPLICATE_CLICK a at 3500",
                        "DUPLICATE_IMPRESSION a at 1000",
                        "MALFORMED line 6",
                        "NOT_READ line 7",
                        "NOT_READ line 8",
                        "INVALID_VALUE line 9",
                        "INVALID_TIME line 10",
                        "TIMEOUT b 0 x 1 at 12000",
                        "REVERSAL b 0 x -1 at 20000",
                        "CORRECTION b 1 x 1 at 20000",
                        "UNMATCHED_CLICK nobody at 20001",
                        "TIMEOUT d 0 x 1 at 35000",
                        "LATE_CLICK d at 55500",
                        "LATE_IMPRESSION f at 1500",
                        "TIMEOUT e 0 x 1 at 80000");
        assertThat(lines.get(0))
                .isEqualTo(
                        JSON.readTree(
                                """
                                {"why":"CLICK","impressionId":"a","time":3000,"label":1.0,"weight":1.0,
                                 "user":"u1","item":"i1","timestamp":1000,
                                 "features":{"user":"u1","where":1,"hour":1000}}
                                """));
        assertThat(lines.get(3).get("detail").textValue()).startsWith("it is not JSON");
        assertThat(run.out())
                .contains("6 examples:")
                .contains("          3  TIMEOUT")
                .contains("Their weights add up to 4, and their mean label is 0.5000.")
                .contains("10 events made none:")
                .contains("          2  NOT_READ");
        JsonNode result = JSON.readTree(directory.resolve("result.json").toFile());
        assertThat(result.get("examples").asInt()).isEqualTo(6);
        assertThat(result.get("dropped").asInt()).isEqualTo(10);
        assertThat(result.get("why").get("REVERSAL").asInt()).isEqualTo(1);
    }

    @Test
    void thePolicyThatDoesNotWaitAndSamplingAreTold() throws IOException {
        String immediate = "labels: {policy: immediate, attribution-window: 10s}";
        assertThat(label(immediate, "", EVENTS.lines().limit(3)).exitCode()).isZero();
        assertThat(lines().stream().map(LabelITCase::said))
                .containsExactly(
                        "SHOWN a 0 x 1 at 1000", "SHOWN b 0 x 1 at 2000", "CLICK a 1 x 1 at 3000");

        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            many.append(
                    "{\"type\":\"impression\",\"impressionId\":\"%d\",\"timestamp\":5,\"user\":\"u\",\"item\":\"i\"}%n"
                            .formatted(i));
        }
        String sampling = "objective: {type: click, negative-sampling: 0.5}";
        assertThat(label("", sampling, many.toString()).exitCode()).isZero();
        Map<String, Integer> counts = counts();
        assertThat(counts.keySet()).containsExactly("TIMEOUT", "UNSAMPLED_NEGATIVE");
        assertThat(counts.get("TIMEOUT")).isBetween(60, 140);
    }

    @Test
    void streamFeaturesAndProfilesAreThoseBeforeTheExample() throws IOException {
        String stream =
                """
                stream-features:
                  clicks: {type: count, by: user, of: click}
                  history: {type: last, by: user, of: click, field: item, length: 2}
                profiles:
                  users: {by: user}
                labels: {attribution-window: 10s, late-window: 30s}
                """;
        String events =
                """
                {"type":"profile","profile":"users","key":"u1","timestamp":3,"features":{"age":31}}
                {"type":"impression","impressionId":"a","timestamp":1000,"user":"u1","item":"i1"}
                {"type":"click","impressionId":"a","timestamp":3000}
                {"type":"impression","impressionId":"b","timestamp":4000,"user":"u1","item":"i2"}
                {"type":"impression","impressionId":"c","timestamp":5000,"user":"u2","item":"i2"}
                {"type":"click","impressionId":"b","timestamp":20000}
                {"type":"impression","impressionId":"d","timestamp":22000,"user":"u1","item":"i3"}
                """;
        String features =
                """
                  clicks: {type: numeric}
                  history: {type: categorical-list, dimension: 4}
                  age: {type: numeric, field: users.age}
                """;

        CommandLineRun run = label(stream, "", features, events);

        assertThat(run.exitCode()).as(run.err()).isZero();
        Map<String, String> computed = new TreeMap<>();
        for (JsonNode line : lines()) {
            JsonNode values = line.get("features");
            computed.put(
                    said(line),
                    values.get("clicks") + " " + values.get("history") + " " + values.get("age"));
        }
        assertThat(computed)
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(
                                "CLICK a 1 x 1 at 3000", "0.0 [] 31",
                                "TIMEOUT b 0 x 1 at 14000", "1.0 [\"i1\"] 31",
                                "TIMEOUT c 0 x 1 at 15000", "0.0 [] null",
                                "REVERSAL b 0 x -1 at 20000", "1.0 [\"i1\"] 31",
                                "CORRECTION b 1 x 1 at 20000", "1.0 [\"i1\"] 31",
                                "TIMEOUT d 0 x 1 at 32000", "2.0 [\"i1\",\"i2\"] 31"));
    }

    @Test
    void ratingsAreTheirOwnLabels() throws IOException {
        String events =
                """
                {"type":"rating","timestamp":5,"user":"u1","item":"i1","rating":3.5}
                {"type":"rating","timestamp":4,"user":"u2","item":"i1","rating":9}
                {"type":"click","impressionId":"a","timestamp":3000}
                """;

        CommandLineRun run = label("", "objective: {type: rating, min: 1, max: 5}", events);

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(lines().stream().map(LabelITCase::said))
                .containsExactly(
                        "RATING line 1 3.5 x 1 at 5", "INVALID_VALUE line 2", "NOT_READ line 3");
    }

    /** Corrections aside, which cancel. */
    @Test
    void examplesOfADisturbedStreamAreThoseOfTheCleanOne() throws IOException {
        String settings =
                """
                labels: {attribution-window: 10s, late-window: 60s}
                events: {out-of-orderness: 20s}
                """;
        String clean = simulate(settings);
        String disturbed =
                simulate(
                        settings,
                        "--duplicates",
                        0.05,
                        "--disorder",
                        0.1,
                        "--disorder-by",
                        "20s",
                        "--late-clicks",
                        0.03);

        assertThat(label(settings, "", clean).exitCode()).isZero();
        Map<String, Map<String, Double>> expected = examples();
        assertThat(counts().keySet()).containsExactly("CLICK", "TIMEOUT");
        assertThat(label(settings, "", disturbed).exitCode()).isZero();

        assertThat(examples()).isEqualTo(expected);
        assertThat(counts())
                .containsKeys("CORRECTION", "DUPLICATE_CLICK", "DUPLICATE_IMPRESSION", "REVERSAL")
                .doesNotContainKeys("LATE_CLICK", "LATE_IMPRESSION", "UNMATCHED_CLICK");
    }

    @Test
    void mistakesAreTold() {
        CommandLineRun run =
                CommandLineRun.of(
                        "label",
                        "--config",
                        "../examples/clicks.yaml",
                        "--input",
                        directory.resolve("nowhere.jsonl"));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("nowhere.jsonl: there is no such file to read");
    }

    private CommandLineRun label(String settings, String objective, Object events)
            throws IOException {
        return label(settings, objective, "", events);
    }

    private CommandLineRun label(String settings, String objective, String features, Object events)
            throws IOException {
        Path input = directory.resolve("events.jsonl");
        if (events instanceof Stream<?> some) {
            Files.write(input, some.map(String::valueOf).toList());
        } else {
            Files.writeString(input, events.toString());
        }
        return CommandLineRun.of(
                "label",
                "--config",
                pipeline(settings, objective, features),
                "--input",
                input,
                "--output",
                directory.resolve("examples.jsonl"),
                "--json",
                directory.resolve("result.json"));
    }

    private Path pipeline(String settings, String objective, String features) throws IOException {
        boolean isRating = objective.contains("rating");
        return Files.writeString(
                directory.resolve("pipeline.yaml"),
                "model: labels\n"
                        + (objective.isEmpty() ? "objective: {type: click}" : objective)
                        + "\nfeatures:\n"
                        + "  user: {type: categorical, dimension: 4}\n"
                        + (isRating
                                ? ""
                                : "  where: {type: categorical, field: position, dimension: 4}\n"
                                        + "  hour: {type: cyclic, field: timestamp, period: day}\n")
                        + features
                        + "architecture: {type: dcn-v2, cross-layers: 1}\n"
                        + "optimizers:\n"
                        + "  embedding: {type: sgd, learning-rate: 0.1}\n"
                        + "  dense: {type: sgd, learning-rate: 0.1}\n"
                        + settings
                        + "\n");
    }

    private String simulate(String settings, Object... options) throws IOException {
        Path output = directory.resolve("simulated.jsonl");
        List<Object> arguments =
                new ArrayList<>(
                        List.of(
                                "simulate",
                                "--config",
                                pipeline(settings, "", ""),
                                "--output",
                                output,
                                "--start",
                                "2024-05-06",
                                "--duration",
                                "60s",
                                "--rate",
                                100,
                                "--seed",
                                3));
        arguments.addAll(List.of(options));
        CommandLineRun run = CommandLineRun.of(arguments.toArray());
        assertThat(run.exitCode()).as(run.err()).isZero();
        return Files.readString(output);
    }

    /** By impression and what it is, the weights of its labels, without those that cancel. */
    private Map<String, Map<String, Double>> examples() throws IOException {
        Map<String, Map<String, Double>> examples = new HashMap<>();
        for (JsonNode line : lines()) {
            if (line.has("label")) {
                String what =
                        line.get("impressionId").textValue()
                                + line.get("timestamp")
                                + line.get("features");
                Map<String, Double> weights =
                        examples.computeIfAbsent(what, key -> new HashMap<>());
                String label = line.get("label").toString();
                weights.merge(label, line.get("weight").asDouble(), Double::sum);
                weights.values().removeIf(weight -> weight == 0);
            }
        }
        return examples;
    }

    private Map<String, Integer> counts() throws IOException {
        Map<String, Integer> counts = new TreeMap<>();
        for (JsonNode line : lines()) {
            counts.merge(line.get("why").textValue(), 1, Integer::sum);
        }
        return counts;
    }

    private List<JsonNode> lines() throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(directory.resolve("examples.jsonl"))) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }

    private static String said(JsonNode line) {
        String of =
                line.has("impressionId")
                        ? line.get("impressionId").textValue()
                        : "line " + line.get("line");
        String label =
                line.has("label")
                        ? " " + number(line.get("label")) + " x " + number(line.get("weight"))
                        : "";
        String time = line.has("time") ? " at " + line.get("time") : "";
        return line.get("why").textValue() + " " + of + label + time;
    }

    private static String number(JsonNode node) {
        double number = node.asDouble();
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }
}
