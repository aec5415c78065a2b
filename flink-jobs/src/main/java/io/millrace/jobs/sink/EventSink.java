package io.millrace.jobs.sink;

import io.millrace.schemas.codec.EventFormat;
import java.util.Map;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;

/** Writes events to a topic, at least once: a replay after a failure may repeat some. */
public final class EventSink {

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
