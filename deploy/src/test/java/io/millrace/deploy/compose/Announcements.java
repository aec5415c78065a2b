package io.millrace.deploy.compose;

import io.millrace.schemas.ModelVersion;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import io.millrace.schemas.codec.UndecodableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** All versions that a topic has announced so far, in the order in which they came. */
final class Announcements implements AutoCloseable {

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final EventCodec<ModelVersion> codec =
            EventCodec.of(ModelVersion.class, EventFormat.AVRO);
    private final List<ModelVersion> seen = new ArrayList<>();

    Announcements(String bootstrapServers, String topic) {
        consumer =
                new KafkaConsumer<>(
                        Map.of(
                                "bootstrap.servers",
                                bootstrapServers,
                                "auto.offset.reset",
                                "earliest"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
        List<TopicPartition> partitions = new ArrayList<>();
        for (PartitionInfo partition : consumer.partitionsFor(topic)) {
            partitions.add(new TopicPartition(topic, partition.partition()));
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    List<ModelVersion> soFar() {
        for (ConsumerRecord<byte[], byte[]> announced : consumer.poll(Duration.ofSeconds(1))) {
            try {
                seen.add(codec.decode(announced.value()));
            } catch (UndecodableException e) {
                throw new AssertionError(e);
            }
        }
        return List.copyOf(seen);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
