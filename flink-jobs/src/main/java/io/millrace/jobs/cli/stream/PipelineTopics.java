package io.millrace.jobs.cli.stream;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.sink.TopicLeaders;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;

/** The topics of a pipeline on its brokers. */
public final class PipelineTopics implements AutoCloseable {

    private static final String LARGEST_DERIVED = Integer.toString(32 << 20);
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final PipelineConfig config;
    private final Admin admin;

    /** Connects to the brokers that the pipeline names. */
    public PipelineTopics(PipelineConfig config) {
        this.config = config;
        admin = connect(config);
    }

    /** Names of the topics that the brokers have. */
    public Set<String> present() {
        return result(admin.listTopics().names(), "be asked for its topics");
    }

    /** Creates the topics that are absent and leaves the others as they are. */
    public void createAbsent() {
        Set<String> present = present();
        List<NewTopic> absent = new ArrayList<>();
        for (String name : names()) {
            if (!present.contains(name)) {
                absent.add(newTopic(name));
            }
        }
        admin.createTopics(absent).values().forEach(this::awaitCreation);
        awaitLeaders(absent);
    }

    private void awaitLeaders(List<NewTopic> created) {
        try {
            TopicLeaders.await(admin, created, PATIENCE);
        } catch (ExecutionException e) {
            throw refusal("lead new topics", e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            throw refusal("lead new topics", e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Deletes all topics of the pipeline. */
    public void delete() {
        result(admin.deleteTopics(names()).all(), "delete topics");
    }

    /** By topic and partition, the offset after the last record. */
    public Map<String, Map<Integer, Long>> ends(List<String> topics) {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        Map<String, TopicDescription> descriptions =
                result(admin.describeTopics(topics).allTopicNames(), "describe topics");
        descriptions.forEach(
                (topic, description) ->
                        description
                                .partitions()
                                .forEach(
                                        partition ->
                                                wanted.put(
                                                        new TopicPartition(
                                                                topic, partition.partition()),
                                                        OffsetSpec.latest())));
        Map<String, Map<Integer, Long>> ends = new TreeMap<>();
        result(admin.listOffsets(wanted).all(), "tell the ends of topics")
                .forEach(
                        (partition, end) ->
                                ends.computeIfAbsent(partition.topic(), topic -> new TreeMap<>())
                                        .put(partition.partition(), end.offset()));
        return ends;
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }

    private static Admin connect(PipelineConfig config) {
        Map<String, Object> properties = KafkaClients.properties(config);
        try {
            return Admin.create(properties);
        } catch (KafkaException e) {
            throw new KafkaRefusal(
                    "Kafka at "
                            + KafkaClients.servers(config)
                            + " cannot be talked to, see kafka.properties: "
                            + reason(e),
                    e);
        }
    }

    /** What the causes say; that there is no client is known, and the details are for experts. */
    private static String reason(KafkaException failure) {
        List<String> sentences = new ArrayList<>();
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            String sentence =
                    cause instanceof NoSuchFileException missing
                            ? "there is no file " + missing.getFile()
                            : String.valueOf(cause.getMessage());
            if (!sentence.startsWith("Failed to create new ")) {
                sentences.removeIf(wrapping -> wrapping.contains(sentence));
                sentences.add(sentence);
            }
        }
        return sentences.isEmpty()
                ? String.valueOf(failure.getMessage())
                : String.join(": ", sentences.subList(0, Math.min(2, sentences.size())));
    }

    private Set<String> names() {
        PipelineConfig.Topics topics = config.topics();
        Set<String> names =
                new HashSet<>(
                        List.of(
                                topics.impressions(),
                                topics.clicks(),
                                topics.ratings(),
                                topics.scoreRequests(),
                                topics.scores(),
                                topics.models(),
                                topics.metrics(),
                                topics.deadLetters()));
        if (!config.model().stream().isEmpty()) {
            names.add(topics.features());
            names.addAll(topics.profiles().values());
        }
        return names;
    }

    /**
     * Of announcements, feature rows and profiles, only the newest of each key matters to whoever
     * comes later.
     */
    private NewTopic newTopic(String name) {
        boolean compacted =
                name.equals(config.topics().models())
                        || name.equals(config.topics().features())
                        || config.topics().profiles().containsValue(name);
        Map<String, String> configs = new HashMap<>();
        configs.put(
                TopicConfig.CLEANUP_POLICY_CONFIG,
                compacted ? TopicConfig.CLEANUP_POLICY_COMPACT : TopicConfig.CLEANUP_POLICY_DELETE);
        // A dead letter is larger than the record in it, an answer may be larger than its request,
        // and a row remembers texts of many events.
        if (name.equals(config.topics().deadLetters())
                || name.equals(config.topics().scores())
                || name.equals(config.topics().features())) {
            configs.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, LARGEST_DERIVED);
        }
        return new NewTopic(name, Optional.of(config.topics().partitions()), Optional.empty())
                .configs(configs);
    }

    private void awaitCreation(String topic, KafkaFuture<Void> creation) {
        try {
            result(creation, "create topic " + topic);
        } catch (KafkaRefusal refusal) {
            if (!(refusal.getCause() instanceof TopicExistsException)) {
                throw refusal;
            }
        }
    }

    private <T> T result(KafkaFuture<T> future, String what) {
        try {
            return future.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw refusal(what, e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            throw refusal(what, e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted while waiting for Kafka", e);
    }

    private KafkaRefusal refusal(String what, Throwable cause) {
        String servers = KafkaClients.servers(config);
        boolean silent =
                cause instanceof TimeoutException
                        || cause instanceof org.apache.kafka.common.errors.TimeoutException;
        return new KafkaRefusal(
                silent
                        ? "no Kafka broker answers at " + servers
                        : "Kafka at " + servers + " could not " + what + ": " + cause.getMessage(),
                cause);
    }

    /** What the brokers did not do. */
    private static final class KafkaRefusal extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        KafkaRefusal(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
