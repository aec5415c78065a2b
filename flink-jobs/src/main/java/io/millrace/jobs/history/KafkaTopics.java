package io.millrace.jobs.history;

import io.millrace.jobs.config.KafkaClientProperties;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.history.HistoryEvent.Kind;
import io.millrace.model.loss.Objective;
import io.millrace.schemas.codec.EventFormat;
import io.millrace.schemas.codec.OtherVersions;
import java.io.Serializable;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The topics that a pipeline learns from, and those of profiles.
 *
 * @param properties plain Kafka client properties, bootstrap servers among them
 * @param kinds by topic of events, what its records are
 * @param profiles topics of profiles
 * @param ownProfiles those of them that the pipeline itself reads
 * @param format encoding of the events
 * @param schemas other versions that events are written with
 * @param maxBytes largest payload that is decoded
 * @param maxAhead how far an event time may lie after its record's arrival
 */
public record KafkaTopics(
        Map<String, String> properties,
        SortedMap<String, Kind> kinds,
        SortedSet<String> profiles,
        SortedSet<String> ownProfiles,
        EventFormat format,
        OtherVersions schemas,
        int maxBytes,
        Duration maxAhead)
        implements Serializable {

    public KafkaTopics {
        properties = Map.copyOf(properties);
        kinds = Collections.unmodifiableSortedMap(new TreeMap<>(kinds));
        profiles = Collections.unmodifiableSortedSet(new TreeSet<>(profiles));
        ownProfiles = Collections.unmodifiableSortedSet(new TreeSet<>(ownProfiles));
    }

    /**
     * Ratings for the objective rating, impressions and clicks for the objective click.
     *
     * @param profiles topics of profiles, those of other pipelines perhaps among them
     */
    public static KafkaTopics of(PipelineConfig config, Collection<String> profiles) {
        SortedMap<String, Kind> kinds = new TreeMap<>();
        if (config.model().objective() instanceof Objective.Rating) {
            kinds.put(config.topics().ratings(), Kind.RATING);
        } else {
            kinds.put(config.topics().impressions(), Kind.IMPRESSION);
            kinds.put(config.topics().clicks(), Kind.CLICK);
        }
        PipelineConfig.Events events = config.events();
        return new KafkaTopics(
                properties(config),
                kinds,
                new TreeSet<>(profiles),
                new TreeSet<>(config.topics().profiles().values()),
                events.format(),
                events.schemas(),
                events.maxBytes(),
                events.maxAhead());
    }

    private static Map<String, String> properties(PipelineConfig config) {
        try {
            return KafkaClientProperties.of(config);
        } catch (IllegalArgumentException e) {
            throw new HistoryException(String.valueOf(e.getMessage()));
        }
    }

    String brokers() {
        return properties.getOrDefault(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, "");
    }

    Kind kind(String topic) {
        return Objects.requireNonNull(kinds.get(topic), topic);
    }

    /** Whether it is one of these, of events or of profiles. */
    boolean has(String topic) {
        return kinds.containsKey(topic) || profiles.contains(topic);
    }

    /** The names of those of events, for messages: {@code topics clicks and impressions}. */
    String names() {
        return (kinds.size() == 1 ? "topic " : "topics ") + String.join(" and ", kinds.keySet());
    }

    /**
     * A consumer that belongs to no group and commits nothing, so that nobody's reading is moved.
     *
     * @param fetchBytes of a partition at once
     */
    Consumer<byte[], byte[]> connect(int fetchBytes) {
        Map<String, Object> client = new HashMap<>(properties);
        client.remove(ConsumerConfig.GROUP_ID_CONFIG);
        client.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
        client.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        client.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        client.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        // Records that vanish while they are read must be noticed, never jumped over.
        client.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        client.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, fetchBytes);
        client.putIfAbsent(CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, "");
        try {
            return new KafkaConsumer<>(
                    client, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        } catch (KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new HistoryException(
                    "Kafka at "
                            + brokers()
                            + " cannot be reached: "
                            + cause.getMessage()
                            + "; kafka.bootstrap-servers or --bootstrap-servers would name others,"
                            + " kafka.properties says how they are talked to");
        }
    }
}
