package io.millrace.schemas.codec;

import static org.apache.avro.SchemaCompatibility.SchemaCompatibilityType.COMPATIBLE;

import io.millrace.schemas.codec.UndecodableException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.io.FastReaderBuilder;
import org.apache.avro.message.SchemaStore;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Avro's single-object encoding: the marker C3 01, the CRC-64-AVRO fingerprint of the writer schema
 * (8 bytes, little-endian), the body in Avro's binary encoding.
 *
 * @see <a href="https://avro.apache.org/docs/1.12.0/specification/#single-object-encoding">Avro
 *     specification, single-object encoding</a>
 */
final class AvroCodec<T extends SpecificRecord> implements EventCodec<T> {

    private static final VarHandle LITTLE_ENDIAN_LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final byte MARKER_0 = (byte) 0xC3;
    private static final byte MARKER_1 = 0x01;
    private static final int FINGERPRINT_AT = 2;
    static final int BODY_AT = FINGERPRINT_AT + Long.BYTES;

    private final Schema schema;
    private final long fingerprint;
    private final byte[] header;
    private final PayloadLimit limit;
    private final SchemaStore writers;

    private final FastReaderBuilder readers;
    private final DatumReader<T> reader;
    private final Map<Long, DatumReader<T>> readersOfOtherWriters = new HashMap<>();
    private final PayloadDecoder decoder = new PayloadDecoder();

    private final DatumWriter<T> writer;
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(output, null);

    AvroCodec(Class<T> type, int maxPayloadBytes, SchemaStore writers) {
        RecordModel model = new RecordModel(type);
        this.schema = model.schema();
        this.fingerprint = Schemas.fingerprint(schema);
        this.header = new byte[BODY_AT];
        header[0] = MARKER_0;
        header[1] = MARKER_1;
        LITTLE_ENDIAN_LONG.set(header, FINGERPRINT_AT, fingerprint);
        this.limit = new PayloadLimit(schema.getName(), maxPayloadBytes);
        this.writers = writers;
        this.readers = new FastReaderBuilder(model);
        this.reader = readerOf(schema);
        this.writer = new SpecificDatumWriter<>(schema, model);
    }

    @Override
    public byte[] encode(T event) {
        output.reset();
        output.writeBytes(header);
        try {
            write(event);
        } catch (IOException e) {
            throw new UncheckedIOException("Writing to memory cannot fail.", e);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "This " + schema.getName() + " cannot be encoded: " + e.getMessage(), e);
        }
        return output.toByteArray();
    }

    private void write(T event) throws IOException {
        try {
            writer.write(event, encoder);
        } finally {
            // What was written of an event that cannot be must not begin the next one.
            encoder.flush();
        }
    }

    @Override
    public T decode(byte @Nullable [] untrusted) throws UndecodableException {
        byte[] payload = limit.check(untrusted);
        DatumReader<T> bodyReader = readerFor(payload);
        decoder.reset(payload, BODY_AT);
        T event = readBody(bodyReader);
        if (decoder.remainingBytes() > 0) {
            throw new UndecodableException(
                    Reason.MALFORMED,
                    "The %s ends at byte %d, but %d more bytes follow."
                            .formatted(
                                    schema.getName(),
                                    payload.length - decoder.remainingBytes(),
                                    decoder.remainingBytes()));
        }
        return event;
    }

    // Avro's reader has many unchecked exceptions of its own for bytes that make no sense.
    private T readBody(DatumReader<T> bodyReader) throws UndecodableException {
        try {
            return bodyReader.read(null, decoder);
        } catch (EOFException e) {
            throw undecodable(Reason.TRUNCATED, e);
        } catch (IOException | RuntimeException e) {
            throw undecodable(Reason.MALFORMED, e);
        }
    }

    private UndecodableException undecodable(Reason reason, Exception e) {
        String what = reason == Reason.TRUNCATED ? "is cut off" : "is malformed";
        return new UndecodableException(
                reason, "The %s %s: %s".formatted(schema.getName(), what, e.getMessage()), e);
    }

    private DatumReader<T> readerFor(byte[] payload) throws UndecodableException {
        if (payload[0] != MARKER_0 || (payload.length > 1 && payload[1] != MARKER_1)) {
            throw new UndecodableException(
                    Reason.MALFORMED,
                    "The payload does not begin with C3 01, as Avro's single-object encoding does"
                            + (payload[0] == '{' ? "; it may be JSON." : "."));
        }
        if (payload.length < BODY_AT) {
            throw new UndecodableException(
                    Reason.TRUNCATED,
                    "The payload ends at byte %d, inside the %d bytes of its header."
                            .formatted(payload.length, BODY_AT));
        }
        long written = fingerprint(payload);
        return written == fingerprint ? reader : readerOfOtherWriter(written);
    }

    /** The fingerprint in a header, which must be there. */
    static long fingerprint(byte[] payload) {
        return (long) LITTLE_ENDIAN_LONG.get(payload, FINGERPRINT_AT);
    }

    private DatumReader<T> readerOfOtherWriter(long written) throws UndecodableException {
        DatumReader<T> known = readersOfOtherWriters.get(written);
        if (known != null) {
            return known;
        }
        Schema writerSchema = writers.findByFingerprint(written);
        if (writerSchema == null || !writerSchema.getFullName().equals(schema.getFullName())) {
            throw wrongSchema(written, writerSchema);
        }
        Schema renamed = Renames.undo(writerSchema, schema);
        if (!isReadable(renamed)) {
            throw wrongSchema(written, writerSchema);
        }
        DatumReader<T> added = readerOf(renamed);
        readersOfOtherWriters.put(written, added);
        return added;
    }

    private DatumReader<T> readerOf(Schema writerSchema) {
        try {
            return readers.createDatumReader(writerSchema, schema);
        } catch (IOException e) {
            throw new UncheckedIOException("Reading defaults from memory cannot fail.", e);
        }
    }

    private boolean isReadable(Schema writerSchema) {
        return SchemaCompatibility.checkReaderWriterCompatibility(schema, writerSchema).getType()
                == COMPATIBLE;
    }

    private UndecodableException wrongSchema(long written, @Nullable Schema writerSchema) {
        String writerName = writerSchema == null ? "unknown" : writerSchema.getFullName();
        return new UndecodableException(
                Reason.WRONG_SCHEMA,
                "The payload was written with schema %s (%s), which cannot be read as %s (%s)."
                        .formatted(
                                Schemas.hex(written),
                                writerName,
                                Schemas.hex(fingerprint),
                                schema.getFullName()));
    }
}
