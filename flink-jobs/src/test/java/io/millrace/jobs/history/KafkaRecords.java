package io.millrace.jobs.history;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.millrace.jobs.history.HistoryEvent.Kind;
import io.millrace.model.version.Manifest;
import io.millrace.schemas.Click;
import io.millrace.schemas.Impression;
import io.millrace.schemas.Profile;
import io.millrace.schemas.Rating;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import io.millrace.schemas.codec.OtherVersions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Events as a topic holds them, and a consumer of them that needs no broker. */
final class KafkaRecords {

    /** The arrival of all records of which none is given, after all event times. */
    static final long ARRIVAL = 1_700_000_000_000L;

    private static final EventCodec<Impression> IMPRESSIONS = codec(Impression.class);
    private static final EventCodec<Click> CLICKS = codec(Click.class);
    private static final EventCodec<Rating> RATINGS = codec(Rating.class);
    private static final EventCodec<Profile> PROFILES = codec(Profile.class);

    private KafkaRecords() {}

    /** The manifest of a version of which only the offsets matter. */
    static Manifest version(long number, Map<String, Map<Integer, Long>> offsets) {
        return new Manifest(
                "m",
                number,
                null,
                number,
                offsets,
                0,
                "",
                JsonNodeFactory.instance.objectNode(),
                List.of(),
                0,
                Map.of(),
                0,
                0);
    }

    static KafkaTopics ratings(String brokers) {
        return topics(brokers, Map.of("ratings", Kind.RATING));
    }

    static KafkaTopics clicks(String brokers) {
        return topics(brokers, Map.of("impressions", Kind.IMPRESSION, "clicks", Kind.CLICK));
    }

    /** With topics of profiles. */
    static KafkaTopics profiled(String brokers, String... profiles) {
        return topics(brokers, Map.of("ratings", Kind.RATING), OtherVersions.NONE, profiles);
    }

    /** The same, of which the pipeline itself reads these. */
    static KafkaTopics owning(KafkaTopics topics, String... profiles) {
        return new KafkaTopics(
                topics.properties(),
                topics.kinds(),
                topics.profiles(),
                new TreeSet<>(List.of(profiles)),
                topics.format(),
                topics.schemas(),
                topics.maxBytes(),
                topics.maxAhead());
    }

    /** Written with another version of a schema of ours. */
    static KafkaTopics otherVersion(String brokers, Schema schema) {
        return topics(
                brokers,
                Map.of("ratings", Kind.RATING),
                new OtherVersions(List.of(schema.toString())),
                "users");
    }

    static byte[] profile(String key, long time) {
        return PROFILES.encode(new Profile(key, time, Map.of("age", time)));
    }

    static byte[] rating(long time) {
        return RATINGS.encode(new Rating(time, "u" + time, "i", 3.0, Map.of()));
    }

    static byte[] impression(long time) {
        return IMPRESSIONS.encode(new Impression("id" + time, time, "u", "i", Map.of()));
    }

    static byte[] click(long time) {
        return CLICKS.encode(new Click("id" + time, time));
    }

    static ConsumerRecord<byte[], byte[]> record(
            String topic, int partition, long offset, long arrival, byte[] payload) {
        return new ConsumerRecord<>(
                topic,
                partition,
                offset,
                arrival,
                TimestampType.CREATE_TIME,
                0,
                0,
                null,
                payload,
                new RecordHeaders(),
                Optional.empty());
    }

    /** Logs of which only the arrival of each record is known. */
    static final class Logs extends MockConsumer<byte[], byte[]> {

        private final Map<TopicPartition, TreeMap<Long, Long>> arrivals = new HashMap<>();

        Logs() {
            super("none");
        }

        /** Adds topics of which nothing is asked. */
        Logs others(String... names) {
            for (String name : names) {
                updatePartitions(name, List.of(info(name, 0)));
            }
            return this;
        }

        /**
         * Adds the log of a partition; those of a topic are added in order.
         *
         * @param begin offset of its first record
         * @param times arrivals, record by record
         */
        Logs log(String topic, int partition, long begin, long... times) {
            TopicPartition name = new TopicPartition(topic, partition);
            TreeMap<Long, Long> log = new TreeMap<>();
            for (int i = 0; i < times.length; i++) {
                log.put(begin + i, times[i]);
            }
            arrivals.put(name, log);
            List<PartitionInfo> infos = new ArrayList<>();
            for (int i = 0; i <= partition; i++) {
                infos.add(info(topic, i));
            }
            updatePartitions(topic, infos);
            updateBeginningOffsets(Map.of(name, begin));
            updateEndOffsets(Map.of(name, begin + times.length));
            return this;
        }

        @Override
        public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
                Map<TopicPartition, Long> wanted, Duration timeout) {
            if (wanted.values().stream().anyMatch(time -> time < 0)) {
                throw new IllegalArgumentException("as Kafka's own does: " + wanted);
            }
            Map<TopicPartition, OffsetAndTimestamp> found = new HashMap<>();
            wanted.forEach(
                    (partition, time) ->
                            found.put(
                                    partition,
                                    arrivals.get(partition).entrySet().stream()
                                            .filter(record -> record.getValue() >= time)
                                            .findFirst()
                                            .map(
                                                    record ->
                                                            new OffsetAndTimestamp(
                                                                    record.getKey(),
                                                                    record.getValue()))
                                            .orElse(null)));
            return found;
        }

        private static PartitionInfo info(String topic, int partition) {
            return new PartitionInfo(topic, partition, Node.noNode(), new Node[0], new Node[0]);
        }
    }

    private static KafkaTopics topics(String brokers, Map<String, Kind> kinds) {
        return topics(brokers, kinds, OtherVersions.NONE);
    }

    private static KafkaTopics topics(
            String brokers, Map<String, Kind> kinds, OtherVersions schemas, String... profiles) {
        return new KafkaTopics(
                Map.of("bootstrap.servers", brokers),
                new TreeMap<>(kinds),
                new TreeSet<>(List.of(profiles)),
                new TreeSet<>(),
                EventFormat.AVRO,
                schemas,
                64 << 10,
                Duration.ofHours(1));
    }

    private static <T extends SpecificRecord> EventCodec<T> codec(Class<T> type) {
        return EventCodec.of(type, EventFormat.AVRO);
    }
}
