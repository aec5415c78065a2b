package io.millrace.schemas.codec;

import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Turns events of one record type into bytes and back.
 *
 * <p>An instance keeps buffers, so it belongs to one thread. It is not serializable: an operator
 * makes its own when it opens.
 */
public interface EventCodec<T extends SpecificRecord> {

    /** The largest payload that is decoded unless another limit is given: 1 MiB. */
    int DEFAULT_MAX_PAYLOAD_BYTES = 1 << 20;

    /**
     * Encodes an event. The payload limit is the reader's, so it is not applied here.
     *
     * @throws IllegalArgumentException if a required field is null or a value is of a type that its
     *     field cannot hold
     */
    byte[] encode(T event);

    /**
     * Decodes a payload of any origin; work and memory are bounded by the payload's size, whatever
     * lengths it claims.
     *
     * @param payload the bytes as they came; null, as in a Kafka record without a value, is empty
     * @throws UndecodableException if the payload is not exactly one event of this type
     */
    T decode(byte @Nullable [] payload) throws UndecodableException;

    /** A codec with the default payload limit that knows every schema in {@link Schemas}. */
    static <T extends SpecificRecord> EventCodec<T> of(Class<T> type, EventFormat format) {
        return of(type, format, DEFAULT_MAX_PAYLOAD_BYTES);
    }

    /** A codec that refuses to decode payloads of more than {@code maxPayloadBytes}. */
    static <T extends SpecificRecord> EventCodec<T> of(
            Class<T> type, EventFormat format, int maxPayloadBytes) {
        return of(type, format, maxPayloadBytes, List.of());
    }

    /**
     * A codec that also reads what was written with other versions of the record's schema. Fields
     * that the record lacks are passed over, those that the other version lacks have their
     * defaults, and an alias in either says that a field was renamed.
     *
     * @param others other versions, beside those in {@link Schemas}; in JSON, which does not name
     *     its schema, an object may have fields of any of them
     */
    static <T extends SpecificRecord> EventCodec<T> of(
            Class<T> type, EventFormat format, int maxPayloadBytes, List<Schema> others) {
        return switch (format) {
            case AVRO -> new AvroCodec<>(type, maxPayloadBytes, Schemas.writersAnd(others));
            case JSON -> new JsonCodec<>(type, maxPayloadBytes, others);
        };
    }
}
