package io.millrace.schemas.codec;

import static org.apache.avro.SchemaCompatibility.SchemaCompatibilityType.COMPATIBLE;

import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Schemas that events may be written with although this release does not know them: newer or older
 * versions of its own.
 *
 * @param texts of the schemas, in Avro's JSON
 */
public record OtherVersions(List<String> texts) implements Serializable {

    /** There are none. */
    public static final OtherVersions NONE = new OtherVersions(List.of());

    public OtherVersions {
        texts = List.copyOf(texts);
    }

    /**
     * Checks that a text is a version of one of today's schemas.
     *
     * @throws IllegalArgumentException saying in a sentence why it is not
     */
    public static void check(String text) {
        Schema other;
        try {
            other = new Schema.Parser().parse(text);
        } catch (AvroRuntimeException e) {
            throw new IllegalArgumentException(
                    "expected a schema of Avro: " + Printable.of(String.valueOf(e.getMessage())),
                    e);
        }
        Schema today = today(other);
        if (today == null) {
            throw new IllegalArgumentException(
                    "expected a version of a schema of ours, such as "
                            + Schemas.current().get(0).getFullName()
                            + ", but it is of "
                            + other.getFullName());
        }
        var compatibility =
                SchemaCompatibility.checkReaderWriterCompatibility(
                        today, Renames.undo(other, today));
        if (compatibility.getType() != COMPATIBLE) {
            throw new IllegalArgumentException(
                    "events of this version of "
                            + other.getFullName()
                            + " cannot be read as today's: "
                            + compatibility.getResult().getIncompatibilities().get(0).getMessage());
        }
    }

    /**
     * The way to today's events.
     *
     * @param maxPayloadBytes larger ones are refused
     */
    public Opened open(int maxPayloadBytes) {
        return new Opened(texts, maxPayloadBytes);
    }

    private static @Nullable Schema today(Schema other) {
        return Schemas.current().stream()
                .filter(known -> known.getFullName().equals(other.getFullName()))
                .findFirst()
                .orElse(null);
    }

    /** Turns payloads of other versions into today's. Used by one thread. */
    public static final class Opened {

        private final Map<Long, EventCodec<?>> codecs = new HashMap<>();

        private Opened(List<String> texts, int maxPayloadBytes) {
            for (String text : texts) {
                Schema other = new Schema.Parser().parse(text);
                codecs.put(Schemas.fingerprint(other), codec(other, maxPayloadBytes));
            }
            Schemas.current().forEach(known -> codecs.remove(Schemas.fingerprint(known)));
        }

        /**
         * The payload of the same event as it is written today; the payload itself when it is not
         * of one of these versions.
         */
        public byte[] today(byte[] payload) throws UndecodableException {
            if (codecs.isEmpty() || payload.length < AvroCodec.BODY_AT) {
                return payload;
            }
            EventCodec<?> codec = codecs.get(AvroCodec.fingerprint(payload));
            return codec == null ? payload : today(codec, payload);
        }

        private static <T extends SpecificRecord> byte[] today(EventCodec<T> codec, byte[] payload)
                throws UndecodableException {
            return codec.encode(codec.decode(payload));
        }

        private static EventCodec<?> codec(Schema other, int maxPayloadBytes) {
            try {
                return EventCodec.of(
                        Class.forName(other.getFullName()).asSubclass(SpecificRecord.class),
                        EventFormat.AVRO,
                        maxPayloadBytes,
                        List.of(other));
            } catch (ClassNotFoundException e) {
                throw new IllegalArgumentException("no record of ours: " + other.getFullName(), e);
            }
        }
    }
}
