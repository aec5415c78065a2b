package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.jobs.TestKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Backtests of histories with profiles, against the same events that have in themselves what their
 * user's profile said when they happened.
 */
class BacktestProfilesITCase {

    private static final int EVENTS = 600;
    private static final long START = 1_700_000_000_000L;
    private static final long MINUTE = 60_000;

    /** What is wanted begins here; some users have no profile that is younger. */
    private static final int FROM = 200;

    @TempDir private Path directory;

    private final Random random = new Random(3);
    private final List<Known> profiles = new ArrayList<>();

    /** What is known of a user from a time on. */
    private record Known(String user, long time, String taste) {

        String line() {
            return """
                   {"type":"profile","profile":"users","key":"%s","timestamp":%d,"features":{"taste":"%s"}}
                   """
                    .formatted(user, time, taste);
        }
    }

    /** Users 0 to 9; those above 7 have none, and those above 4 one from before all events only. */
    @BeforeEach
    void makeProfiles() {
        for (int user = 0; user < 8; user++) {
            profiles.add(new Known("u" + user, START - 9 * MINUTE, "t" + user % 3));
        }
        for (int i = 0; i < 20; i++) {
            // Exactly when something happens, so that "from its time on" is put to the test.
            profiles.add(
                    new Known(
                            "u" + random.nextInt(5),
                            START + (20 + i * 25) * MINUTE,
                            "t" + random.nextInt(3)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rating", "click"})
    void examplesSeeTheProfileOfTheirOwnTime(String objective) throws IOException {
        Path profiled = pipeline("profiled", objective, "users.taste");
        Path plain = pipeline("plain", objective, "taste");
        String inOrder = events(objective, false);
        String inEvents = events(objective, true);
        Path ahead = write("ahead.jsonl", lines() + inOrder);
        Path inside = write("inside.jsonl", inEvents);
        List<Object> from = List.of("--from", at(FROM), "--sync", "0,1h");

        CommandLineRun run = backtest(ahead, from, profiled);
        JsonNode expected = json(backtest(inside, from, plain));

        assertThat(judged(json(run))).isEqualTo(judged(expected));
        assertThat(json(run).get("data").get("profiles").longValue()).isEqualTo(profiles.size());
        assertThat(json(run).get("data").get("events"))
                .isEqualTo(expected.get("data").get("events"));
        assertThat(json(run).get("data").get("facts").get("profiles").textValue())
                .isEqualTo("users " + profiles.size());
        assertThat(run.err())
                .contains("  with 28 records of the profile users")
                .doesNotContain("missing");

        // Wherever they stand, in whatever order, and however many threads read them.
        Collections.shuffle(profiles, random);
        Path behind = write("behind.jsonl", inOrder + lines());
        List<Object> readers = new ArrayList<>(from);
        readers.addAll(List.of("--readers", 3));
        assertThat(judged(json(backtest(behind, readers, profiled)))).isEqualTo(judged(expected));
    }

    /** So that the test above does not pass because a taste means nothing. */
    @Test
    void aProfileThatIsNotThereIsMissed() throws IOException {
        Path profiled = pipeline("profiled", "rating", "users.taste");
        String events = events("rating", false);
        Path without = write("without.jsonl", events);
        Path with = write("with.jsonl", lines() + events);
        String old = "\"profile\":\"users\",\"key\":\"u6\"";
        Path other = write("other.jsonl", lines().replace(old, old.replace("u6", "u9")) + events);

        JsonNode known = json(backtest(with, List.of(), profiled));
        CommandLineRun run = backtest(without, List.of(), profiled);
        JsonNode unknown = json(run);

        assertThat(rmse(known)).isLessThan(rmse(unknown) - 0.05);
        assertThat(run.err())
                .contains("its profile users counts as missing: " + without + " has no record");
        assertThat(unknown.get("data").get("profiles").longValue()).isZero();
        String fingerprint = fingerprint(known);
        assertThat(fingerprint(json(backtest(with, List.of(), profiled)))).isEqualTo(fingerprint);
        assertThat(fingerprint(unknown)).isNotEqualTo(fingerprint);
        assertThat(fingerprint(json(backtest(other, List.of(), profiled))))
                .isNotEqualTo(fingerprint)
                .isNotEqualTo(fingerprint(unknown));
    }

    /**
     * What one pipeline cannot take of a profile is another's all the same; and the first keeps
     * what it knew.
     */
    @Test
    void pipelinesReadTheSameProfileEachInItsOwnWay() throws IOException {
        Path text = pipeline("text", "rating", "users.taste");
        Path number =
                Files.writeString(
                        directory.resolve("number.yaml"),
                        Files.readString(text)
                                .replace("model: text", "model: number")
                                .replace(
                                        "taste: {type: categorical, dimension: 4,",
                                        "taste: {type: numeric,"));
        Path byItem =
                Files.writeString(
                        directory.resolve("item.yaml"),
                        Files.readString(text)
                                .replace("model: text", "model: item")
                                .replace("{by: user}", "{by: item}"));
        Path none = pipeline("none", "rating", "taste");
        String numbers = "\"features\":{\"taste\":\"t1\"";
        String odd = lines().replace(numbers, numbers.replace("\"t1\"", "1"));
        Path file =
                write(
                        "odd.jsonl",
                        odd
                                + events("rating", false)
                                + """
                                {"type":"profile","profile":"shops","key":"s","timestamp":1}
                                {"type":"profile","profile":"users","key":"","timestamp":1}
                                """);

        CommandLineRun together = backtest(file, List.of(), text, number, byItem, none);

        JsonNode all = json(together);
        List<Path> configs = List.of(text, number, byItem, none);
        for (int i = 0; i < configs.size(); i++) {
            JsonNode alone = json(backtest(file, List.of(), configs.get(i)));
            assertThat(all.get("pipelines").get(i).get("metrics"))
                    .as("%s", configs.get(i))
                    .isEqualTo(alone.get("pipelines").get(0).get("metrics"));
        }
        assertThat(together.err())
                .contains("without 1 record of the profile shops, which no pipeline reads")
                .contains("odd.jsonl, line 1, pipeline number: INVALID_VALUE: feature \"taste\"");
        // A key is needed by all; the numbers are fit for two of them, and the texts not for one.
        long texts = odd.lines().filter(line -> line.contains("\"taste\":\"")).count();
        assertThat(all.get("data").get("rejected").longValue()).isEqualTo(texts + 1);
        assertThat(all.get("data").get("profiles").longValue()).isEqualTo(profiles.size());
    }

    @Test
    @Tag("kafka")
    void topicsGiveTheSameAsAFile() throws IOException {
        Path profiled = pipeline("profiled", "rating", "users.taste");
        Path plain = pipeline("plain", "rating", "taste");
        Path file = write("with.jsonl", events("rating", false) + lines());
        Path more =
                write(
                        "more.jsonl",
                        new Known("u1", START + 250 * MINUTE, "t9").line()
                                + events("rating", false).lines().findFirst().orElseThrow());
        JsonNode expected = json(backtest(file, List.of("--from", at(FROM)), profiled));
        Path broker = Files.createDirectory(directory.resolve("broker"));
        try (TestKafka kafka = TestKafka.start(broker)) {
            List<Object> servers = List.of("--bootstrap-servers", kafka.bootstrapServers());
            CommandLineRun replay = replay(file, servers, profiled);
            assertThat(replay.exitCode()).as(replay.err()).isZero();
            assertThat(replay.out())
                    .contains("600 events sent")
                    .contains("28 records of profiles sent ahead of them");
            List<Object> from = new ArrayList<>(servers);
            from.addAll(List.of("--from", at(FROM)));

            // The second pipeline is the one that has the profile.
            CommandLineRun first = backtest(Path.of("ratings"), from, plain, profiled);

            JsonNode json = json(first);
            assertThat(json.get("pipelines").get(1).get("metrics"))
                    .isEqualTo(expected.get("pipelines").get(0).get("metrics"));
            assertThat(fingerprint(json)).isEqualTo(fingerprint(expected));
            assertThat(json.get("data").get("profiles").longValue()).isEqualTo(profiles.size());
            assertThat(first.err()).contains("with at most 28 records of topic users");
            assertThat(json.get("command").textValue()).contains(" users/0=0..28");

            // The command of the report, after more has come.
            assertThat(replay(more, servers, profiled).exitCode()).isZero();
            String command = json.get("command").textValue();
            Object[] again = command.substring(command.indexOf(" backtest ") + 1).split(" ", -1);
            CommandLineRun second = CommandLineRun.of(again);
            assertThat(deterministic(json(second))).isEqualTo(deterministic(json));
            CommandLineRun third = backtest(Path.of("ratings"), from, plain, profiled);
            assertThat(fingerprint(json(third))).isNotEqualTo(fingerprint(json));
        }
    }

    /** Offsets of profiles that a version has read are none of which it goes on. */
    @Test
    @Tag("kafka")
    void aVersionIsGoneOnFromWithTheProfilesThatItKnew() throws IOException {
        Path profiled = pipeline("profiled", "rating", "users.taste");
        Path profilesAndOne =
                write(
                        "some.jsonl",
                        lines() + events("rating", false).lines().limit(1).toList().get(0));
        Path events = write("events.jsonl", events("rating", false));
        Path broker = Files.createDirectory(directory.resolve("broker"));
        try (TestKafka kafka = TestKafka.start(broker)) {
            List<Object> servers = List.of("--bootstrap-servers", kafka.bootstrapServers());
            assertThat(replay(profilesAndOne, servers, profiled).exitCode()).isZero();
            List<Object> train = new ArrayList<>(List.of("train", "--config", profiled));
            train.addAll(List.of("--input", events));
            train.addAll(servers);
            CommandLineRun trained = CommandLineRun.of(train.toArray());
            assertThat(trained.exitCode()).as(trained.err()).isZero();
            long newest = Versions.in(directory.resolve("published"), "profiled").newest();
            assertThat(replay(events, servers, profiled).exitCode()).isZero();

            List<Object> from = new ArrayList<>(servers);
            from.addAll(List.of("--from-version", newest));
            JsonNode json = json(backtest(Path.of("ratings"), from, profiled));
            from.addAll(List.of("--offsets", "ratings/0=601..1201", "users/0=0..28"));
            JsonNode exactly = json(backtest(Path.of("ratings"), from, profiled));

            assertThat(json.get("command").textValue())
                    .contains("--offsets ratings/0=601..1201 users/0=0..28");
            assertThat(json.get("data").get("events").longValue()).isEqualTo(EVENTS);
            assertThat(json.get("data").get("profiles").longValue()).isEqualTo(profiles.size());
            assertThat(json.get("pipelines").get(0).get("start_version").longValue())
                    .isEqualTo(newest);
            assertThat(judged(exactly)).isEqualTo(judged(json));
        }
    }

    @Test
    @Tag("kafka")
    void whatIsSentGoesOnWithoutProfilesThatHaveNoTopicAndTellsThem() throws IOException {
        Path plain = pipeline("plain", "rating", "taste");
        Path file = write("with.jsonl", events("rating", false) + lines());
        Path broker = Files.createDirectory(directory.resolve("broker"));
        try (TestKafka kafka = TestKafka.start(broker)) {
            CommandLineRun run =
                    replay(file, List.of("--bootstrap-servers", kafka.bootstrapServers()), plain);

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.out()).contains("600 events sent").doesNotContain("ahead of them");
            assertThat(run.err())
                    .contains(
                            "28 records of the profile users are not sent: the pipeline plain"
                                    + " declares no profile of this name")
                    .contains("profiles were not sent: users");

            CommandLineRun train = CommandLineRun.of("train", "--config", plain, "--input", file);
            assertThat(train.exitCode()).isEqualTo(1);
            assertThat(train.out()).contains("600 events are in Kafka", "over 600 examples");
            assertThat(train.err())
                    .contains("28 records of the profile users are not sent")
                    .contains("profiles were not sent: users");
        }
    }

    // -- files

    /**
     * Learns users and items, and what is liked by tastes.
     *
     * @param field of the user's taste
     */
    private Path pipeline(String name, String objective, String field) throws IOException {
        boolean isProfile = field.startsWith("users.");
        return write(
                name + ".yaml",
                """
                model: %s
                objective: %s
                features:
                  item: {type: categorical, dimension: 4}
                  taste: {type: categorical, dimension: 4, field: %s}
                %sarchitecture: {type: dcn-v2, structure: parallel, cross-layers: 1, hidden: [4]}
                optimizers:
                  embedding: {type: adagrad, learning-rate: 0.2}
                  dense: {type: adagrad, learning-rate: 0.02}
                %sevents: {out-of-orderness: 90s}
                training: {micro-batch: 8}
                topics: {partitions: 1}
                versions: {directory: "%s"}
                checkpoints: {directory: "%s"}
                """
                        .formatted(
                                name,
                                objective.equals("rating")
                                        ? "{type: rating, min: 1, max: 5}"
                                        : "{type: click}",
                                field,
                                isProfile ? "profiles:\n  users: {by: user}\n" : "",
                                objective.equals("rating")
                                        ? ""
                                        : "labels: {attribution-window: 3m, late-window: 20m}\n",
                                directory.resolve("published"),
                                directory.resolve("marks")));
    }

    /** One a minute; the taste of its user decides how an item is liked. */
    private String events(String objective, boolean withTaste) {
        Random drawn = new Random(7);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < EVENTS; i++) {
            long time = START + i * MINUTE;
            String user = "u" + drawn.nextInt(10);
            int item = drawn.nextInt(9);
            String taste = taste(user, time);
            boolean isLiked = ("t" + item % 3).equals(taste);
            String features =
                    withTaste && taste != null ? "{\"taste\":\"%s\"}".formatted(taste) : "{}";
            long delay = drawn.nextInt(6) * MINUTE;
            if (objective.equals("rating")) {
                lines.append(
                        """
                        {"type":"rating","user":"%s","item":"i%d","rating":%d,"timestamp":%d,"features":%s}
                        """
                                .formatted(user, item, isLiked ? 5 : 1, time, features));
            } else {
                lines.append(
                        """
                        {"type":"impression","impressionId":"%d","user":"%s","item":"i%d","timestamp":%d,"features":%s}
                        """
                                .formatted(i, user, item, time, features));
                if (isLiked) {
                    lines.append(
                            """
                            {"type":"click","impressionId":"%d","timestamp":%d}
                            """
                                    .formatted(i, time + delay));
                }
            }
        }
        return lines.toString();
    }

    /** What the newest profile that is not younger says; null without one. */
    private String taste(String user, long time) {
        Known newest = null;
        for (Known one : profiles) {
            if (one.user.equals(user)
                    && one.time <= time
                    && (newest == null || one.time >= newest.time)) {
                newest = one;
            }
        }
        return newest == null ? null : newest.taste;
    }

    private String lines() {
        StringBuilder lines = new StringBuilder();
        profiles.forEach(one -> lines.append(one.line()));
        return lines.toString();
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    private static String at(int event) {
        return Instant.ofEpochMilli(START + event * MINUTE).toString();
    }

    // -- runs

    private static CommandLineRun backtest(Path input, List<Object> options, Path... configs) {
        List<Object> words = new ArrayList<>(List.of("backtest", "--input", input, "--config"));
        words.addAll(List.of(configs));
        words.addAll(options);
        words.addAll(List.of("--json", "-"));
        return CommandLineRun.of(words.toArray());
    }

    private static CommandLineRun replay(Path input, List<Object> options, Path config) {
        List<Object> words = new ArrayList<>(List.of("replay", "--input", input, "--config"));
        words.add(config);
        words.addAll(options);
        return CommandLineRun.of(words.toArray());
    }

    private static JsonNode json(CommandLineRun run) throws IOException {
        assertThat(run.exitCode()).as(run.err()).isZero();
        return new JsonMapper().readTree(run.out());
    }

    /** All that was judged of the first pipeline, whatever it is called, and of the base rate. */
    private static List<JsonNode> judged(JsonNode json) {
        ObjectNode pipeline = json.get("pipelines").get(0).deepCopy();
        pipeline.remove(List.of("name", "config", "specification"));
        assertThat(pipeline.get("examples").longValue()).isGreaterThan(300);
        return List.of(pipeline, json.get("base_rate"), json.get("window"));
    }

    private static JsonNode deterministic(JsonNode json) {
        ObjectNode same = json.deepCopy();
        same.remove(List.of("throughput", "command"));
        ((ObjectNode) same.get("data").get("facts")).remove("selected by");
        return same;
    }

    private static String fingerprint(JsonNode json) {
        return json.get("data").get("fingerprint").textValue();
    }

    private static double rmse(JsonNode json) {
        return json.get("pipelines").get(0).get("metrics").get("rmse").get("value").doubleValue();
    }
}
