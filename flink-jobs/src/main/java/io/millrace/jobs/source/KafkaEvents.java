package io.millrace.jobs.source;

import io.millrace.schemas.codec.OtherVersions;
import java.time.Duration;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads Kafka records into {@link Sourced} events inside the source, so that watermarks are made of
 * event times and partition by partition. Whatever is wrong with a record becomes a dead letter.
 */
final class KafkaEvents<T> implements KafkaRecordDeserializationSchema<Sourced<T>> {

    private static final long serialVersionUID = 1L;

    private final EventReader<T> recipe;
    private final TypeInformation<Sourced<T>> type;
    private final Duration maxAhead;
    private final OtherVersions schemas;
    private final int maxBytes;
    private transient SourcedReader<T> reader;

    /** Of events that are written with the schemas of this release. */
    KafkaEvents(EventReader<T> recipe, TypeInformation<Sourced<T>> type, Duration maxAhead) {
        this(recipe, type, maxAhead, OtherVersions.NONE, Integer.MAX_VALUE);
    }

    /**
     * @param maxAhead how far an event time may lie after the record's arrival
     * @param schemas other versions that events are written with
     * @param maxBytes largest payload that is decoded
     */
    KafkaEvents(
            EventReader<T> recipe,
            TypeInformation<Sourced<T>> type,
            Duration maxAhead,
            OtherVersions schemas,
            int maxBytes) {
        this.recipe = recipe;
        this.type = type;
        this.maxAhead = maxAhead;
        this.schemas = schemas;
        this.maxBytes = maxBytes;
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) {
        reader = new SourcedReader<>(recipe, maxAhead, schemas.open(maxBytes));
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Sourced<T>> out) {
        Origin origin =
                new Origin(record.topic(), record.partition(), record.offset(), record.timestamp());
        out.collect(reader.read(record.value(), origin));
    }

    @Override
    public TypeInformation<Sourced<T>> getProducedType() {
        return type;
    }
}
