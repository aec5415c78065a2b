package io.millrace.jobs.sink;

import io.millrace.schemas.codec.EventFormat;
import java.util.Map;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * Writes events to a topic, at least once: a replay after a failure may repeat some. The producer
 * sends whatever it can buffer; how large a record may be is the topic's to say ({@code
 * max.message.bytes}).
 */
public final class EventSink {

    private static final String LARGEST_REQUEST = Integer.toString(32 << 20);

    private EventSink() {}

    /**
     * @param properties plain Kafka client properties, bootstrap servers among them
     * @param key makes the record key of an event
     */
    public static <T extends SpecificRecord> KafkaSink<T> to(
            String topic,
            Class<T> type,
            EventFormat format,
            EventKey<T> key,
            Map<String, String> properties) {
        Properties producer = new Properties();
        producer.setProperty(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, LARGEST_REQUEST);
        producer.putAll(properties);
        return KafkaSink.<T>builder()
                .setKafkaProducerConfig(producer)
                .setRecordSerializer(
                        KafkaRecordSerializationSchema.<T>builder()
                                .setTopic(topic)
                                .setKeySerializationSchema((SerializationSchema<T>) key)
                                .setValueSerializationSchema(new EventBytes<>(type, format))
                                .build())
                .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                .build();
    }
}
