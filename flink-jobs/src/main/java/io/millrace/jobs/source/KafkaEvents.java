package io.millrace.jobs.source;

import io.millrace.model.feature.EventTime;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.schemas.codec.UndecodableException;
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
    private static final byte[] NOTHING = new byte[0];

    private final EventReader<T> recipe;
    private final TypeInformation<Sourced<T>> type;
    private final Duration maxAhead;
    private transient EventReader.Opened<T> reader;

    /**
     * @param maxAhead how far an event time may lie after the record's arrival
     */
    KafkaEvents(EventReader<T> recipe, TypeInformation<Sourced<T>> type, Duration maxAhead) {
        this.recipe = recipe;
        this.type = type;
        this.maxAhead = maxAhead;
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) {
        reader = recipe.open();
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Sourced<T>> out) {
        Origin origin =
                new Origin(record.topic(), record.partition(), record.offset(), record.timestamp());
        byte[] payload = record.value() == null ? NOTHING : record.value();
        out.collect(read(payload, origin));
    }

    @Override
    public TypeInformation<Sourced<T>> getProducedType() {
        return type;
    }

    private Sourced<T> read(byte[] payload, Origin origin) {
        Sourced.Event<T> event;
        try {
            event = reader.read(payload, origin);
        } catch (UndecodableException e) {
            return reject(origin, payload, e.reason().name(), e);
        } catch (InvalidEventException e) {
            return reject(origin, payload, DeadLetters.INVALID_VALUE, e);
        }
        try {
            EventTime.check(event.eventTime(), latestPast(origin), maxAhead.toMillis());
            return event;
        } catch (InvalidEventException e) {
            return reject(origin, payload, DeadLetters.INVALID_TIME, e);
        }
    }

    /**
     * The record's arrival, so that a replay judges alike; but a producer may have set that, and
     * wrongly, so never later than now.
     */
    private static long latestPast(Origin origin) {
        long now = System.currentTimeMillis();
        return origin.arrivalTime() < 0 ? now : Math.min(origin.arrivalTime(), now);
    }

    private static <T> Sourced<T> reject(
            Origin origin, byte[] payload, String reason, Exception cause) {
        return new Sourced.Rejected<>(
                origin,
                DeadLetters.of(
                        origin,
                        payload,
                        reason,
                        String.valueOf(cause.getMessage()),
                        System.currentTimeMillis()));
    }
}
