package io.millrace.jobs.sink;

import io.millrace.schemas.DeadLetter;
import io.millrace.schemas.codec.EventFormat;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * Writes dead letters to a topic, by the partition that they came from. A letter is larger than the
 * record it holds, and that record may be as large as its topic allows: the producer sends letters
 * of any size it can buffer, and the topic must take them (its {@code max.message.bytes}).
 */
public final class DeadLetterSink {

    private DeadLetterSink() {}

    /**
     * @param properties plain Kafka client properties, bootstrap servers among them
     */
    public static KafkaSink<DeadLetter> to(
            String topic, EventFormat format, Map<String, String> properties) {
        Map<String, String> producer = new HashMap<>(properties);
        producer.putIfAbsent(ProducerConfig.COMPRESSION_TYPE_CONFIG, "zstd");
        return EventSink.to(
                topic,
                DeadLetter.class,
                format,
                letter -> letter.getTopic() + "-" + letter.getPartition(),
                producer);
    }
}
