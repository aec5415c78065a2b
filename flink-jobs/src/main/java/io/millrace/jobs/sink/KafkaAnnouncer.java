package io.millrace.jobs.sink;

import io.millrace.jobs.version.VersionAnnouncer;
import io.millrace.model.version.Manifest;
import io.millrace.schemas.ModelVersion;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Announces versions on a topic, the model's name as key: compaction keeps each model's newest. */
public final class KafkaAnnouncer implements VersionAnnouncer {

    private final String topic;
    private final KafkaProducer<String, byte[]> producer;
    private final EventCodec<ModelVersion> codec;

    private KafkaAnnouncer(String topic, EventFormat format, Map<String, String> properties) {
        this.topic = topic;
        Map<String, Object> producerProperties = new HashMap<>(properties);
        producerProperties.put(ProducerConfig.ACKS_CONFIG, "all");
        producerProperties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        producer =
                new KafkaProducer<>(
                        producerProperties, new StringSerializer(), new ByteArraySerializer());
        codec = EventCodec.of(ModelVersion.class, format);
    }

    public static Factory factory(
            String topic, EventFormat format, Map<String, String> properties) {
        return () -> new KafkaAnnouncer(topic, format, properties);
    }

    /** The announcement of a version. */
    public static ModelVersion announcement(Manifest manifest) {
        return new ModelVersion(
                manifest.model(),
                manifest.version(),
                manifest.parent(),
                manifest.checkpointId(),
                manifest.path(),
                manifest.createdAt());
    }

    @Override
    public void announce(Manifest manifest) throws IOException {
        byte[] value = codec.encode(announcement(manifest));
        try {
            producer.send(new ProducerRecord<>(topic, manifest.model(), value)).get();
        } catch (ExecutionException e) {
            throw new IOException(
                    "version " + manifest.version() + " could not be announced on " + topic,
                    e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while announcing on " + topic, e);
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
