package io.millrace.jobs.simulate;

import io.millrace.jobs.config.KafkaClientProperties;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes events to Kafka topics. A record's timestamp is the moment of sending, not the event's
 * time. Used by one thread; what could not be written is thrown by a later call.
 */
public final class EventProducer implements AutoCloseable {

    private final EventFormat format;
    private final KafkaProducer<String, byte[]> producer;
    private final Map<Class<?>, EventCodec<?>> codecs = new HashMap<>();
    private final AtomicReference<@Nullable IllegalStateException> failure =
            new AtomicReference<>();

    /** Writes to the brokers of a pipeline, in its format. */
    public EventProducer(PipelineConfig config) {
        this(KafkaClientProperties.of(config), config.events().format());
    }

    /**
     * @param clients properties of Kafka's clients, bootstrap servers among them
     */
    public EventProducer(Map<String, String> clients, EventFormat format) {
        this.format = format;
        Map<String, Object> properties = new HashMap<>(clients);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, 5);
        properties.putIfAbsent(ProducerConfig.BATCH_SIZE_CONFIG, 64 << 10);
        properties.putIfAbsent(ProducerConfig.METRIC_REPORTER_CLASSES_CONFIG, "");
        producer =
                new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
    }

    /** Writes an event; events of one topic and key stay in order. */
    public void send(String topic, String key, SpecificRecord event) {
        send(topic, key, event, metadata -> {});
    }

    /**
     * Writes an event.
     *
     * @param acknowledged told partition, offset and timestamp once the event is in Kafka, on the
     *     producer's own thread, which it must not hold up
     * @throws IllegalStateException when this or an earlier event could not be written
     */
    public void send(
            String topic, String key, SpecificRecord event, Consumer<RecordMetadata> acknowledged) {
        send(topic, key, encode(event), acknowledged);
    }

    /** Writes an event that has been encoded; otherwise the same. */
    public void send(
            String topic, String key, byte[] event, Consumer<RecordMetadata> acknowledged) {
        rethrow();
        var unused =
                producer.send(
                        new ProducerRecord<>(topic, key, event),
                        (metadata, problem) -> {
                            if (problem == null) {
                                acknowledged.accept(metadata);
                            } else {
                                fail(topic, problem);
                            }
                        });
    }

    /** Waits until all events sent are in Kafka. */
    public void flush() {
        producer.flush();
        rethrow();
    }

    /** Waits until all events sent are in Kafka and lets go of the connection. */
    @Override
    public void close() {
        producer.close();
        rethrow();
    }

    // Codecs are only put under the class that they are for.
    @SuppressWarnings("unchecked")
    private <T extends SpecificRecord> byte[] encode(T event) {
        EventCodec<T> codec =
                (EventCodec<T>)
                        codecs.computeIfAbsent(
                                event.getClass(),
                                type -> EventCodec.of((Class<T>) event.getClass(), format));
        return codec.encode(event);
    }

    private void fail(String topic, Exception problem) {
        failure.compareAndSet(
                null,
                new IllegalStateException(
                        "an event could not be written to topic " + topic + ": " + problem,
                        problem));
    }

    private void rethrow() {
        IllegalStateException failed = failure.getAndSet(null);
        if (failed != null) {
            throw failed;
        }
    }
}
