package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.jobs.simulate.View;
import io.millrace.jobs.simulate.World;
import io.millrace.jobs.simulate.WorldSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimulateCommandTest {

    private static final String START = "2024-05-06";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path directory;

    /** The file and the truth of the same seed, with and without disturbances. */
    @Test
    void disturbancesLeaveTheWorldAsItIs() throws IOException {
        List<JsonNode> clean = simulate("clean");
        List<JsonNode> disturbed =
                simulate(
                        "disturbed",
                        "--duplicates",
                        0.05,
                        "--disorder",
                        0.1,
                        "--disorder-by",
                        "1m",
                        "--late-clicks",
                        0.03);

        assertThat(lines("disturbed.truth.jsonl")).isEqualTo(lines("clean.truth.jsonl"));
        assertThat(new HashSet<>(impressions(disturbed)))
                .isEqualTo(new HashSet<>(impressions(clean)));
        assertThat(clicked(disturbed)).isEqualTo(clicked(clean));
        JsonNode result = result("disturbed");
        double events = clean.size();
        assertThat(result.get("events").asInt()).isEqualTo(disturbed.size());
        assertThat(result.get("impressions")).isEqualTo(result("clean").get("impressions"));
        assertThat(result.get("clicks")).isEqualTo(result("clean").get("clicks"));
        assertThat(result.get("repeats").asInt()).isEqualTo(disturbed.size() - clean.size());
        assertThat(result.get("repeats").asInt() / events).isCloseTo(0.05, within(0.01));
        assertThat(result.get("disordered").asInt() / events).isCloseTo(0.1, within(0.01));
        assertThat(result.get("late_clicks").asDouble() / result.get("clicks").asInt())
                .isCloseTo(0.03, within(0.01));
        assertThat(result("clean").get("repeats").asInt()).isZero();
        assertThat(result("clean").get("late_clicks").asInt()).isZero();
    }

    @Test
    void truthIsTheWorlds() throws IOException {
        Map<String, JsonNode> shown = new HashMap<>();
        Set<String> clicked = new HashSet<>();
        for (JsonNode event : simulate("true")) {
            String id = event.get("impressionId").textValue();
            if (event.get("type").textValue().equals("impression")) {
                shown.put(id, event);
            } else {
                clicked.add(id);
            }
        }
        World world =
                new World(
                        7,
                        WorldSettings.demo(
                                Instant.parse(START + "T00:00:00Z"),
                                Duration.ofSeconds(20),
                                Duration.ofSeconds(10)));
        List<JsonNode> truth = lines("true.truth.jsonl");

        assertThat(truth).hasSize(shown.size());
        for (JsonNode line : truth) {
            String id = line.get("impressionId").textValue();
            JsonNode impression = shown.get(id);
            assertThat(line.get("timestamp")).isEqualTo(impression.get("timestamp"));
            assertThat(line.get("label").asInt()).isEqualTo(clicked.contains(id) ? 1 : 0);
            assertThat(line.get("probability").asDouble())
                    .isEqualTo(world.clickProbability(view(impression)));
        }
    }

    @Test
    void newItemsAndDelaysAreThoseAskedFor() throws IOException {
        List<JsonNode> events = simulate("other", "--new-items", 0, "--click-delay", "50ms");

        Map<String, Long> shownAt = new HashMap<>();
        List<Long> delays = new ArrayList<>();
        for (JsonNode event : events) {
            String id = event.get("impressionId").textValue();
            long time = event.get("timestamp").longValue();
            if (event.get("type").textValue().equals("impression")) {
                shownAt.put(id, time);
                assertThat(number(event.get("item"))).isLessThan(WorldSettings.DEMO_ITEMS);
            } else {
                delays.add(time - shownAt.get(id));
            }
        }
        assertThat(delays.stream().mapToLong(delay -> delay).average().orElseThrow())
                .isCloseTo(50, within(5.0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --duplicates 1.5              | --duplicates must be a share from 0 to 1, such as 0.05, not 1.5
                    --disorder -0.1               | --disorder must be a share from 0 to 1, such as 0.05, not -0.1
                    --late-clicks 2               | --late-clicks must be a share from 0 to 1, such as 0.05, not 2.0
                    --disorder-by 1m              | --disorder-by says how late events and repeats come: name --disorder or --duplicates, too
                    --new-items -1                | --new-items must be from 0 to 1000000
                    --truth nowhere/truth.jsonl   | --truth nowhere/truth.jsonl is no file that can be written: is its directory there?
                    """)
    void refusesInASentence(String options, String sentence) {
        List<Object> arguments =
                new ArrayList<>(List.of("simulate", "--output", directory.resolve("x.jsonl")));
        arguments.addAll(List.of(options.split(" ")));

        CommandLineRun run = CommandLineRun.of(arguments.toArray());

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(sentence);
        assertThat(directory.resolve("x.jsonl")).doesNotExist();
    }

    private List<JsonNode> simulate(String name, Object... options) throws IOException {
        List<Object> arguments =
                new ArrayList<>(
                        List.of(
                                "simulate",
                                "--output",
                                directory.resolve(name + ".jsonl"),
                                "--truth",
                                directory.resolve(name + ".truth.jsonl"),
                                "--json",
                                directory.resolve(name + ".json"),
                                "--start",
                                START,
                                "--duration",
                                "20s",
                                "--rate",
                                500,
                                "--seed",
                                7));
        arguments.addAll(List.of(options));
        CommandLineRun run = CommandLineRun.of(arguments.toArray());
        assertThat(run.exitCode()).as(run.err()).isZero();
        return lines(name + ".jsonl");
    }

    private JsonNode result(String name) throws IOException {
        return JSON.readTree(directory.resolve(name + ".json").toFile());
    }

    private List<JsonNode> lines(String name) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(directory.resolve(name))) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }

    private static List<JsonNode> impressions(List<JsonNode> events) {
        return events.stream()
                .filter(event -> event.get("type").textValue().equals("impression"))
                .toList();
    }

    private static Set<String> clicked(List<JsonNode> events) {
        Set<String> ids = new HashSet<>();
        for (JsonNode event : events) {
            if (event.get("type").textValue().equals("click")) {
                ids.add(event.get("impressionId").textValue());
            }
        }
        return ids;
    }

    private static View view(JsonNode impression) {
        JsonNode features = impression.get("features");
        return new View(
                impression.get("timestamp").longValue(),
                number(impression.get("user")),
                number(impression.get("item")),
                features.get("position").intValue(),
                List.of("phone", "desktop", "tablet").indexOf(features.get("device").textValue()));
    }

    private static int number(JsonNode name) {
        return Integer.parseInt(name.textValue().substring(1));
    }
}
