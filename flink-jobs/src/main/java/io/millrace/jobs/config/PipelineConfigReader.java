package io.millrace.jobs.config;

import io.millrace.jobs.config.PipelineConfig.Labels.Policy;
import io.millrace.model.ModelSpec;
import io.millrace.model.config.ConfigException;
import io.millrace.model.config.ConfigNode;
import io.millrace.model.config.ModelSpecReader;
import io.millrace.model.loss.Objective;
import io.millrace.model.stream.Profile;
import io.millrace.model.stream.StreamSpec;
import io.millrace.schemas.codec.EventFormat;
import io.millrace.schemas.codec.OtherVersions;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The way from a pipeline file to a {@link PipelineConfig}. */
public final class PipelineConfigReader {

    private static final Pattern TOPIC_NAME = Pattern.compile("(?!\\.{1,2}$)[a-zA-Z0-9._-]{1,249}");

    /** Flink's own bound. */
    private static final int MOST_PARALLEL = 1 << 15;

    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofDays(365);

    private PipelineConfigReader() {}

    /**
     * Reads a pipeline file in UTF-8.
     *
     * @throws ConfigException naming file, line and key when it cannot be read or has a mistake
     */
    public static PipelineConfig read(Path file) {
        return read(text(file), file.toString());
    }

    /**
     * Reads the text of a pipeline file.
     *
     * @param name what complaints call the file
     */
    public static PipelineConfig read(String text, String name) {
        return read(ConfigNode.parse(text, name));
    }

    static PipelineConfig read(ConfigNode root) {
        ModelSpec model = ModelSpecReader.read(root);
        PipelineConfig config =
                new PipelineConfig(
                        model,
                        kafka(root.mapOrEmpty("kafka")),
                        topics(root, model.stream()),
                        events(root.mapOrEmpty("events")),
                        labels(root, model),
                        training(root.mapOrEmpty("training")),
                        versions(root.mapOrEmpty("versions")),
                        checkpoints(root.mapOrEmpty("checkpoints")),
                        metrics(root.mapOrEmpty("metrics")),
                        scoring(root.mapOrEmpty("scoring")));
        checkParallelism(config, root);
        root.rejectUnknown();
        return config;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new ConfigException(file + ": there is no such file");
        } catch (CharacterCodingException e) {
            throw new ConfigException(file + ": the file is not text in UTF-8");
        } catch (IOException e) {
            throw new ConfigException(file + ": the file cannot be read: " + e.getMessage());
        }
    }

    private static PipelineConfig.Kafka kafka(ConfigNode node) {
        String servers = node.has("bootstrap-servers") ? text(node, "bootstrap-servers", "") : null;
        Map<String, ConfigNode> nodes = properties(node);
        Map<String, String> properties = new HashMap<>();
        nodes.forEach((key, value) -> properties.put(key, value.text()));
        KafkaVariables variables = new KafkaVariables(properties);
        nodes.forEach((key, value) -> checkProperty(key, value, variables));
        return new PipelineConfig.Kafka(servers, properties);
    }

    /** What else stands there is not quoted: it may hold a secret. */
    private static Map<String, ConfigNode> properties(ConfigNode node) {
        try {
            return node.mapOrEmpty("properties").entries();
        } catch (ConfigException e) {
            throw node.error("properties", "expected a map of properties of Kafka's clients");
        }
    }

    private static void checkProperty(String key, ConfigNode value, KafkaVariables variables) {
        KafkaSecrets.mistake(key, value.text())
                .ifPresent(
                        sentence -> {
                            throw value.error(sentence);
                        });
        variables
                .unknownProvider(value.text())
                .ifPresent(
                        name -> {
                            throw value.error(
                                    "nobody knows a provider \""
                                            + name
                                            + "\" of variables; write "
                                            + KafkaSecrets.FORMS
                                            + ", or define it by config.providers");
                        });
    }

    private static PipelineConfig.Topics topics(ConfigNode root, StreamSpec stream) {
        ConfigNode node = root.mapOrEmpty("topics");
        Set<String> names = new HashSet<>();
        return new PipelineConfig.Topics(
                topic(node, "impressions", names),
                topic(node, "clicks", names),
                topic(node, "ratings", names),
                topic(node, "score-requests", names),
                topic(node, "scores", names),
                topic(node, "models", names),
                topic(node, "metrics", names),
                topic(node, "dead-letters", names),
                topic(node, "features", names),
                profiles(root.mapOrEmpty("profiles"), stream, names),
                whole(node, "partitions", 1, 1, 10_000));
    }

    /** By the profile's name; its topic is called like it unless the file says otherwise. */
    private static Map<String, String> profiles(
            ConfigNode node, StreamSpec stream, Set<String> names) {
        Map<String, String> topics = new LinkedHashMap<>();
        for (Profile profile : stream.profiles()) {
            String name = profile.name();
            topics.put(name, topic(node.map(name), "topic", name, names));
        }
        return topics;
    }

    /** A topic that is called like its key unless the file says otherwise. */
    private static String topic(ConfigNode node, String key, Set<String> names) {
        return topic(node, key, key, names);
    }

    private static String topic(ConfigNode node, String key, String byDefault, Set<String> names) {
        String name = node.string(key, byDefault);
        if (!TOPIC_NAME.matcher(name).matches()) {
            throw node.error(
                    key,
                    "expected a topic name of 1 to 249 letters, digits, dots, dashes and"
                            + " underscores that is not just dots");
        }
        if (!names.add(name)) {
            throw node.error(key, "the topic \"" + name + "\" already has another purpose");
        }
        return name;
    }

    private static PipelineConfig.Events events(ConfigNode node) {
        EventFormat format = node.choice("format", EventFormat.class, EventFormat.AVRO);
        return new PipelineConfig.Events(
                format,
                (int) bytes(node, "max-bytes", 1 << 20, 1 << 10, 1 << 30),
                duration(node, "max-ahead", Duration.ofHours(1), Duration.ZERO),
                duration(node, "out-of-orderness", Duration.ofSeconds(1), Duration.ZERO),
                duration(node, "idle-after", Duration.ofSeconds(5), SHORTEST),
                schemas(node, format));
    }

    /** Schemas are read here, once, so that a cluster needs no files of them. */
    private static OtherVersions schemas(ConfigNode node, EventFormat format) {
        List<String> texts = new ArrayList<>();
        for (String file : node.strings("schemas", List.of())) {
            if (format != EventFormat.AVRO) {
                throw node.error(
                        "schemas", "events in JSON do not name their schema; leave it out");
            }
            try {
                String text = text(Path.of(file));
                OtherVersions.check(text);
                texts.add(text);
            } catch (ConfigException e) {
                throw node.error("schemas", String.valueOf(e.getMessage()));
            } catch (IllegalArgumentException e) {
                throw node.error("schemas", file + ": " + e.getMessage());
            }
        }
        return new OtherVersions(texts);
    }

    private static PipelineConfig.Labels labels(ConfigNode root, ModelSpec model) {
        if (root.has("labels") && !(model.objective() instanceof Objective.Click)) {
            throw root.error("labels", "only the objective click makes labels from clicks");
        }
        ConfigNode node = root.mapOrEmpty("labels");
        Policy policy = node.choice("policy", Policy.class, Policy.WAIT);
        if (policy == Policy.IMMEDIATE) {
            checkImmediate(node, model);
        }
        Duration attributionWindow =
                duration(node, "attribution-window", Duration.ofSeconds(10), SHORTEST);
        Duration lateWindow = duration(node, "late-window", attributionWindow, SHORTEST);
        if (lateWindow.compareTo(attributionWindow) < 0) {
            throw node.error(
                    "late-window",
                    "expected at least the attribution-window ("
                            + attributionWindow.toMillis()
                            + "ms), found "
                            + lateWindow.toMillis()
                            + "ms");
        }
        return new PipelineConfig.Labels(policy, attributionWindow, lateWindow);
    }

    /** Examples are weighed by their predictions then, which not every loss can take. */
    private static void checkImmediate(ConfigNode node, ModelSpec model) {
        if (model.architecture().batchLoss().isPresent()) {
            throw node.error(
                    "policy",
                    "immediate weighs each example by its prediction, but the loss of "
                            + model.architecture().type()
                            + " is of the whole batch; the policy can be wait");
        }
        if (model.objective() instanceof Objective.Click click && click.negativeSampling() < 1) {
            throw node.error(
                    "policy",
                    "immediate cannot be combined with objective.negative-sampling, since clicked"
                            + " impressions are negatives too at first, and would be dropped; the"
                            + " policy can be wait");
        }
    }

    private static PipelineConfig.Training training(ConfigNode node) {
        int microBatch = whole(node, "micro-batch", 512, 1, 65_536);
        Duration maxWait = duration(node, "max-wait", Duration.ofMillis(50), SHORTEST);
        boolean reproducible = node.bool("reproducible", false);
        if (reproducible && node.has("max-wait")) {
            throw node.error(
                    "max-wait",
                    "reproducible micro-batches are cut by count alone, never by the clock; leave"
                            + " out either max-wait or reproducible");
        }
        return new PipelineConfig.Training(
                microBatch,
                maxWait,
                reproducible,
                oneIf(reproducible, node, "staleness", "several micro-batches in flight", 64),
                oneIf(reproducible, node, "trainers", "several trainers", MOST_PARALLEL),
                whole(node, "shards", 1, 1, MOST_PARALLEL),
                bytes(node, "cache", 64 << 20, 1 << 20, 1L << 40),
                whole(node, "max-parallelism", 128, 1, MOST_PARALLEL),
                whole(node, "torch-threads", 1, 1, 1024));
    }

    /** A number of things at work at once, which must be 1 for a reproducible run. */
    private static int oneIf(
            boolean reproducible, ConfigNode node, String key, String several, int max) {
        int value = whole(node, key, 1, 1, max);
        if (reproducible && value > 1) {
            throw node.error(
                    key,
                    "expected 1, since reproducible is true: the pulls and pushes of "
                            + several
                            + " interleave by the clock; found "
                            + value);
        }
        return value;
    }

    private static PipelineConfig.Versions versions(ConfigNode node) {
        return new PipelineConfig.Versions(
                text(node, "directory", ".millrace/versions"),
                duration(node, "every", Duration.ofSeconds(2), Duration.ofMillis(100)),
                whole(node, "base-every", 10, 1, 1_000_000),
                whole(node, "retain", 20, 1, 1_000_000));
    }

    private static PipelineConfig.Checkpoints checkpoints(ConfigNode node) {
        return new PipelineConfig.Checkpoints(text(node, "directory", ".millrace/checkpoints"));
    }

    private static PipelineConfig.Metrics metrics(ConfigNode node) {
        return new PipelineConfig.Metrics(
                whole(node, "every-examples", 10_000, 1, Integer.MAX_VALUE));
    }

    private static PipelineConfig.Scoring scoring(ConfigNode node) {
        return new PipelineConfig.Scoring(whole(node, "parallelism", 1, 1, MOST_PARALLEL));
    }

    /** Flink refuses an operator that is wider than the job's maximum. */
    private static void checkParallelism(PipelineConfig config, ConfigNode root) {
        int max = config.training().maxParallelism();
        checkAtMost(max, config.training().trainers(), root.mapOrEmpty("training"), "trainers");
        checkAtMost(max, config.training().shards(), root.mapOrEmpty("training"), "shards");
        checkAtMost(max, config.scoring().parallelism(), root.mapOrEmpty("scoring"), "parallelism");
    }

    private static void checkAtMost(int max, int value, ConfigNode node, String key) {
        if (value > max) {
            throw node.error(
                    key, "expected at most training.max-parallelism (" + max + "), found " + value);
        }
    }

    private static int whole(ConfigNode node, String key, int byDefault, int min, int max) {
        int value = node.integer(key, byDefault);
        if (value < min || value > max) {
            throw node.error(
                    key, "expected a whole number from " + min + " to " + max + ", found " + value);
        }
        return value;
    }

    private static long bytes(ConfigNode node, String key, long byDefault, long min, long max) {
        long value = node.bytes(key, byDefault);
        if (value < min || value > max) {
            throw node.error(key, "expected " + min + " to " + max + " bytes, found " + value);
        }
        return value;
    }

    private static Duration duration(
            ConfigNode node, String key, Duration byDefault, Duration min) {
        Duration value = node.duration(key, byDefault);
        if (value.compareTo(min) < 0 || value.compareTo(LONGEST) > 0) {
            throw node.error(
                    key,
                    "expected a duration from "
                            + min.toMillis()
                            + "ms to "
                            + LONGEST.toDays()
                            + "d, found "
                            + value.toMillis()
                            + "ms");
        }
        return value;
    }

    private static String text(ConfigNode node, String key, String byDefault) {
        String value = node.string(key, byDefault);
        if (value.isBlank()) {
            throw node.error(key, "must not be empty");
        }
        return value;
    }
}
