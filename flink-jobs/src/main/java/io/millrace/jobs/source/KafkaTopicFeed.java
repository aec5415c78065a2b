package io.millrace.jobs.source;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A topic of Kafka, read by a consumer that belongs to no group. Where compaction has removed what
 * was to be read next, it goes on behind that: the newest record of each key is always there.
 *
 * @param properties plain Kafka client properties, bootstrap servers among them
 */
public record KafkaTopicFeed(Map<String, String> properties, String topic) implements TopicFeed {

    private static final long serialVersionUID = 1L;

    public KafkaTopicFeed {
        properties = Map.copyOf(properties);
    }

    @Override
    public TopicFeed.Opened open() {
        Map<String, Object> client = new HashMap<>(properties);
        client.remove(ConsumerConfig.GROUP_ID_CONFIG);
        client.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
        client.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        client.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        client.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        client, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            return new Opened(topic, consumer);
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    private static final class Opened implements TopicFeed.Opened {

        private final KafkaConsumer<byte[], byte[]> consumer;
        private final Map<TopicPartition, Long> ends;

        Opened(String topic, KafkaConsumer<byte[], byte[]> consumer) {
            this.consumer = consumer;
            List<TopicPartition> partitions =
                    consumer.partitionsFor(topic).stream()
                            .map(info -> new TopicPartition(topic, info.partition()))
                            .toList();
            if (partitions.isEmpty()) {
                throw new IllegalStateException(
                        "there is no topic "
                                + topic
                                + " to read features from; the training job writes it, and"
                                + " ./millrace creates it (with cleanup.policy=compact)");
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            ends = new HashMap<>(consumer.endOffsets(partitions));
        }

        @Override
        public List<byte[]> next(Duration patience) {
            List<byte[]> payloads = new ArrayList<>();
            try {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(patience)) {
                    if (record.value() != null) {
                        payloads.add(record.value());
                    }
                }
            } catch (WakeupException end) {
                return List.of();
            }
            return payloads;
        }

        @Override
        public boolean isRead() {
            ends.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
            return ends.isEmpty();
        }

        @Override
        public void wakeUp() {
            consumer.wakeup();
        }

        @Override
        public void close() {
            consumer.close();
        }
    }
}
