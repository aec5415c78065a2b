package io.millrace.jobs;

import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import io.millrace.schemas.codec.UndecodableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the events of a topic of one partition from its beginning. */
final class TopicReader<T extends SpecificRecord> implements AutoCloseable {

    private static final int LARGEST = 1 << 24;

    private final TopicPartition partition;
    private final EventCodec<T> codec;
    private final KafkaConsumer<byte[], byte[]> consumer;

    TopicReader(TestKafka kafka, String topic, Class<T> type) {
        partition = new TopicPartition(topic, 0);
        codec = EventCodec.of(type, EventFormat.AVRO, LARGEST);
        consumer =
                new KafkaConsumer<>(
                        Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
    }

    /** All events that are on the topic now. */
    static <T extends SpecificRecord> List<T> all(TestKafka kafka, String topic, Class<T> type)
            throws Exception {
        try (TopicReader<T> reader = new TopicReader<>(kafka, topic, type)) {
            long end = reader.consumer.endOffsets(List.of(reader.partition)).get(reader.partition);
            List<T> events = new ArrayList<>();
            Await.until(
                    "the events of " + topic + " up to offset " + end,
                    () -> {
                        events.addAll(reader.next());
                        return reader.consumer.position(reader.partition) >= end;
                    });
            return events;
        }
    }

    /** The events that have come since the last call, if any come soon. */
    List<T> next() throws UndecodableException {
        List<T> events = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(50))) {
            events.add(codec.decode(record.value()));
        }
        return events;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
