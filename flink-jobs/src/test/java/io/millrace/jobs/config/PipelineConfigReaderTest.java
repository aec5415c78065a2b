package io.millrace.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.config.ConfigException;
import io.millrace.model.loss.ExampleWeighting;
import io.millrace.model.loss.Objective;
import io.millrace.schemas.codec.EventFormat;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PipelineConfigReaderTest {

    /** The shortest complete file; sections are added behind it. */
    static final String MODEL =
            """
            model: m
            objective: {type: click}
            features: {user: {type: categorical, dimension: 4}}
            architecture: {type: dcn-v2}
            optimizers: {embedding: {type: adagrad}, dense: {type: adam}}
            """;

    private static final Path EXAMPLES = Path.of("..", "examples");

    @TempDir Path folder;

    @Test
    void usageExample() {
        PipelineConfig config = PipelineConfigReader.read(EXAMPLES.resolve("clicks.yaml"));

        assertThat(config.model().name()).isEqualTo("clicks");
        assertThat(config.model().objective()).isEqualTo(new Objective.Click());
        assertThat(config.model().architecture().type()).isEqualTo("dcn-v2");
        assertThat(config.model().inputShape().fields()).hasSize(5);
        assertThat(config.model().inputShape().numeric()).isEqualTo(2);
        assertThat(config.labels().attributionWindow()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.training().microBatch()).isEqualTo(512);
    }

    @Test
    void readsTheMovieLensExample() {
        PipelineConfig config = PipelineConfigReader.read(EXAMPLES.resolve("movielens.yaml"));

        assertThat(config.model().objective()).isEqualTo(new Objective.Rating(1, 5));
        assertThat(config.model().features())
                .extracting(feature -> feature.name())
                .containsExactly(
                        "user", "item", "age", "gender", "occupation", "zip", "genres", "year");
        assertThat(config.topics().partitions()).isEqualTo(1);
        assertThat(config.training().microBatch()).isEqualTo(16);
        assertThat(config.training().staleness()).isEqualTo(1);
    }

    @Test
    void everySectionHasDefaults() {
        PipelineConfig config = read("");

        assertThat(config.kafka()).isEqualTo(new PipelineConfig.Kafka(null, Map.of()));
        assertThat(config.topics())
                .isEqualTo(
                        new PipelineConfig.Topics(
                                "impressions",
                                "clicks",
                                "ratings",
                                "score-requests",
                                "scores",
                                "models",
                                "metrics",
                                "dead-letters",
                                "features",
                                Map.of(),
                                1));
        assertThat(config.events())
                .isEqualTo(
                        new PipelineConfig.Events(
                                EventFormat.AVRO,
                                1 << 20,
                                Duration.ofHours(1),
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(5)));
        assertThat(config.labels()).isEqualTo(new PipelineConfig.Labels(Duration.ofSeconds(10)));
        assertThat(config.training())
                .isEqualTo(
                        new PipelineConfig.Training(
                                512, Duration.ofMillis(50), false, 1, 1, 1, 64L << 20, 128, 1));
        assertThat(config.versions())
                .isEqualTo(
                        new PipelineConfig.Versions(
                                ".millrace/versions", Duration.ofSeconds(2), 10, 20));
        assertThat(config.checkpoints())
                .isEqualTo(new PipelineConfig.Checkpoints(".millrace/checkpoints"));
        assertThat(config.metrics()).isEqualTo(new PipelineConfig.Metrics(10_000));
        assertThat(config.scoring()).isEqualTo(new PipelineConfig.Scoring(1));
    }

    @Test
    void readsEveryKey() {
        PipelineConfig config =
                read(
                        """
                        kafka: {bootstrap-servers: "a:1,b:2", properties: {linger.ms: 5, acks: all}}
                        topics:
                          impressions: t1
                          clicks: t2
                          ratings: t3
                          score-requests: t4
                          scores: t5
                          models: t6
                          metrics: t7
                          dead-letters: t8
                          features: t9
                          partitions: 9
                        events:
                          format: json
                          max-bytes: 2KiB
                          max-ahead: 3h
                          out-of-orderness: 4s
                          idle-after: 5m
                        labels: {policy: wait, attribution-window: 6s, late-window: 7m}
                        training:
                          micro-batch: 7
                          max-wait: 8ms
                          staleness: 9
                          trainers: 10
                          shards: 11
                          cache: 12MiB
                          max-parallelism: 13
                          torch-threads: 14
                        versions: {directory: "s3://v", every: 15s, base-every: 16, retain: 17}
                        checkpoints: {directory: /c}
                        metrics: {every-examples: 18}
                        scoring: {parallelism: 12}
                        """);

        assertThat(config.kafka())
                .isEqualTo(
                        new PipelineConfig.Kafka(
                                "a:1,b:2", Map.of("linger.ms", "5", "acks", "all")));
        assertThat(config.topics())
                .isEqualTo(
                        new PipelineConfig.Topics(
                                "t1", "t2", "t3", "t4", "t5", "t6", "t7", "t8", "t9", Map.of(), 9));
        assertThat(config.events())
                .isEqualTo(
                        new PipelineConfig.Events(
                                EventFormat.JSON,
                                2048,
                                Duration.ofHours(3),
                                Duration.ofSeconds(4),
                                Duration.ofMinutes(5)));
        assertThat(config.labels())
                .isEqualTo(
                        new PipelineConfig.Labels(
                                PipelineConfig.Labels.Policy.WAIT,
                                Duration.ofSeconds(6),
                                Duration.ofMinutes(7)));
        assertThat(config.training())
                .isEqualTo(
                        new PipelineConfig.Training(
                                7, Duration.ofMillis(8), false, 9, 10, 11, 12L << 20, 13, 14));
        assertThat(config.versions())
                .isEqualTo(new PipelineConfig.Versions("s3://v", Duration.ofSeconds(15), 16, 17));
        assertThat(config.checkpoints()).isEqualTo(new PipelineConfig.Checkpoints("/c"));
        assertThat(config.metrics()).isEqualTo(new PipelineConfig.Metrics(18));
        assertThat(config.scoring()).isEqualTo(new PipelineConfig.Scoring(12));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "training: {stalenes: 2} | training.stalenes: unknown key; allowed are micro-batch,"
                        + " max-wait, reproducible, staleness, trainers, shards, cache,"
                        + " max-parallelism, torch-threads; did you mean \"staleness\"?",
                "trainings: {} | trainings: unknown key; allowed are model, seed, objective,"
                        + " features, stream-features, profiles, architecture, optimizers, kafka,"
                        + " topics, events, labels, training, versions, checkpoints, metrics,"
                        + " scoring; did you mean"
                        + " \"training\"?",
                "kafka: {bootstrap-servers: ''} | kafka.bootstrap-servers: must not be empty",
                "kafka: {properties: {a: {b: c}}} | kafka.properties.a: expected text, found a map",
                "topics: {clicks: a b} | topics.clicks: expected a topic name of 1 to 249 letters,"
                        + " digits, dots, dashes and underscores that is not just dots",
                "topics: {clicks: ..} | topics.clicks: expected a topic name of 1 to 249 letters,"
                        + " digits, dots, dashes and underscores that is not just dots",
                "topics: {clicks: impressions} | topics.clicks: the topic \"impressions\" already"
                        + " has another purpose",
                "topics: {partitions: 0} | topics.partitions: expected a whole number from 1 to"
                        + " 10000, found 0",
                "events: {format: xml} | events.format: expected one of avro, json, found \"xml\"",
                "events: {max-bytes: 2GiB} | events.max-bytes: expected 1024 to 1073741824 bytes,"
                        + " found 2147483648",
                "events: {idle-after: 0s} | events.idle-after: expected a duration from 1ms to"
                        + " 365d, found 0ms",
                "events: {max-ahead: 366d} | events.max-ahead: expected a duration from 0ms to"
                        + " 365d, found 31622400000ms",
                "training: {micro-batch: 0} | training.micro-batch: expected a whole number from 1"
                        + " to 65536, found 0",
                "training: {shards: 129} | training.shards: expected at most"
                        + " training.max-parallelism (128), found 129",
                "training: {trainers: 3, max-parallelism: 2} | training.trainers: expected at most"
                        + " training.max-parallelism (2), found 3",
                "training: {reproducible: true, max-wait: 50ms} | training.max-wait: reproducible"
                        + " micro-batches are cut by count alone, never by the clock; leave out"
                        + " either max-wait or reproducible",
                "training: {reproducible: true, trainers: 2} | training.trainers: expected 1, since"
                        + " reproducible is true: the pulls and pushes of several trainers"
                        + " interleave by the clock; found 2",
                "training: {reproducible: true, staleness: 2} | training.staleness: expected 1,"
                        + " since reproducible is true: the pulls and pushes of several"
                        + " micro-batches in flight interleave by the clock; found 2",
                "scoring: {parallelism: 200} | scoring.parallelism: expected at most"
                        + " training.max-parallelism (128), found 200",
                "versions: {every: 50ms} | versions.every: expected a duration from 100ms to 365d,"
                        + " found 50ms",
                "checkpoints: {directory: ' '} | checkpoints.directory: must not be empty",
                "metrics: | metrics: expected a map, found nothing",
            })
    void saysWhatIsWrong(String section, String complaint) {
        assertThatThrownBy(() -> read(section))
                .isInstanceOf(ConfigException.class)
                .hasMessage("pipeline.yaml:6: " + complaint);
    }

    @Test
    void reproducibleMayHaveSeveralShards() {
        PipelineConfig.Training training =
                read("training: {reproducible: true, trainers: 1, staleness: 1, shards: 3}")
                        .training();

        assertThat(training.reproducible()).isTrue();
        assertThat(training.shards()).isEqualTo(3);
    }

    @Test
    void onlyClicksHaveAnAttributionWindow() {
        String ratings = MODEL.replace("{type: click}", "{type: rating, min: 1, max: 5}");

        assertThatThrownBy(
                        () ->
                                PipelineConfigReader.read(
                                        ratings + "labels: {attribution-window: 1s}", "f.yaml"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("f.yaml:6: labels: only the objective click makes labels from clicks");
    }

    @Test
    void readsThePolicyOfLabels() {
        PipelineConfig.Labels labels =
                PipelineConfigReader.read(MODEL + "labels: {policy: immediate}", "f.yaml").labels();

        assertThat(labels.policy()).isEqualTo(PipelineConfig.Labels.Policy.IMMEDIATE);
        assertThat(labels.weighting()).isEqualTo(ExampleWeighting.FAKE_NEGATIVES);
        assertThat(new PipelineConfig.Labels(Duration.ofSeconds(1)).weighting())
                .isEqualTo(ExampleWeighting.NONE);
    }

    @Test
    void examplesAreWeighedByPredictionsOnlyWhereThatIsRight() {
        assertThatThrownBy(
                        () ->
                                PipelineConfigReader.read(
                                        MODEL.replace(
                                                        "{type: click}",
                                                        "{type: click, negative-sampling: 0.5}")
                                                + "labels: {policy: immediate}",
                                        "f.yaml"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("labels.policy: immediate cannot be combined with")
                .hasMessageContaining("objective.negative-sampling");
        assertThatThrownBy(
                        () ->
                                PipelineConfigReader.read(
                                        MODEL.replace(
                                                                "}}\nar",
                                                                "}, item: {type: categorical,"
                                                                        + " dimension: 4}}\n"
                                                                        + "ar")
                                                        .replaceAll(
                                                                "architecture: .*",
                                                                "architecture: {type: two-tower,"
                                                                        + " loss: batch-softmax,"
                                                                        + " item-id: item, user:"
                                                                        + " [user], item: [item]}")
                                                + "labels: {policy: immediate}",
                                        "f.yaml"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("labels.policy: immediate weighs each example")
                .hasMessageContaining("two-tower is of the whole batch");
    }

    @Test
    void lateClicksComeAfterTheAttributionWindow() {
        assertThatThrownBy(
                        () ->
                                PipelineConfigReader.read(
                                        MODEL
                                                + "labels: {attribution-window: 5s,"
                                                + " late-window: 4s}",
                                        "f.yaml"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "labels.late-window: expected at least the attribution-window (5000ms),"
                                + " found 4000ms");
    }

    @Test
    void saysWhyAFileCannotBeRead() throws IOException {
        Path latin = Files.write(folder.resolve("latin.yaml"), new byte[] {'a', ':', (byte) 0xe4});

        assertThatThrownBy(() -> PipelineConfigReader.read(folder.resolve("none.yaml")))
                .isInstanceOf(ConfigException.class)
                .hasMessageEndingWith("none.yaml: there is no such file");
        assertThatThrownBy(() -> PipelineConfigReader.read(latin))
                .isInstanceOf(ConfigException.class)
                .hasMessageEndingWith("latin.yaml: the file is not text in UTF-8");
        assertThatThrownBy(() -> PipelineConfigReader.read(folder))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("the file cannot be read: ");
    }

    @Test
    void theCommandLineMayReplaceServersAndFolders() {
        PipelineConfig config = read("kafka: {properties: {a: b}}");

        PipelineConfig changed =
                config.withBootstrapServers("host:9092")
                        .withVersionsDirectory("v")
                        .withCheckpointsDirectory("c");

        assertThat(changed.kafka())
                .isEqualTo(new PipelineConfig.Kafka("host:9092", Map.of("a", "b")));
        assertThat(changed.versions())
                .isEqualTo(new PipelineConfig.Versions("v", Duration.ofSeconds(2), 10, 20));
        assertThat(changed.checkpoints()).isEqualTo(new PipelineConfig.Checkpoints("c"));
        assertThat(changed.training()).isEqualTo(config.training());
        assertThat(changed.model()).isEqualTo(config.model());
    }

    @Test
    void survivesSerialization() throws IOException, ClassNotFoundException {
        PipelineConfig config = PipelineConfigReader.read(EXAMPLES.resolve("movielens.yaml"));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(config);
        }

        try (ObjectInputStream in =
                new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(in.readObject()).isEqualTo(config);
        }
    }

    private static PipelineConfig read(String sections) {
        return PipelineConfigReader.read(MODEL + sections, "pipeline.yaml");
    }
}
