package io.millrace.jobs.history.file;

import io.millrace.jobs.history.HistoryEvent;
import io.millrace.jobs.history.HistoryException;
import io.millrace.jobs.source.Origin;
import io.millrace.schemas.Click;
import io.millrace.schemas.Impression;
import io.millrace.schemas.Rating;
import io.millrace.schemas.codec.Schemas;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of an Avro object container file as events, in its order. Used by one thread.
 *
 * @see <a href="https://avro.apache.org/docs/1.12.0/specification/#object-container-files">Avro
 *     specification, object container files</a>
 */
final class AvroEvents implements Closeable {

    private static final Map<String, HistoryEvent.Kind> KINDS =
            Map.of(
                    Impression.getClassSchema().getFullName(), HistoryEvent.Kind.IMPRESSION,
                    Click.getClassSchema().getFullName(), HistoryEvent.Kind.CLICK,
                    Rating.getClassSchema().getFullName(), HistoryEvent.Kind.RATING);
    private static final String TIME = "timestamp";

    private final Path file;
    private final DataFileReader<GenericRecord> records;
    private final long fileEnd;
    private final HistoryEvent.Kind kind;
    private final GenericDatumWriter<GenericRecord> writer;
    private final byte[] header;
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(output, null);
    private long number;

    /**
     * Begins to read.
     *
     * @throws HistoryException when it holds records of another kind
     */
    AvroEvents(Path file) throws IOException {
        this.file = file;
        GenericDatumReader<GenericRecord> reader = new GenericDatumReader<>();
        fileEnd = Files.size(file);
        records = open(file, reader);
        try {
            Schema written = records.getSchema();
            kind = kind(written);
            Schema current = current(kind);
            reader.setExpected(current);
            writer = new GenericDatumWriter<>(current);
            header = header(current);
            checkReadable(written, current);
        } catch (RuntimeException e) {
            records.close();
            throw e;
        }
    }

    /** The next event; null after the last. */
    @Nullable HistoryEvent next() throws IOException {
        GenericRecord event = read();
        if (event == null) {
            checkEnd();
            return null;
        }
        number++;
        output.reset();
        output.writeBytes(header);
        writer.write(event, encoder);
        encoder.flush();
        long time = (Long) event.get(TIME);
        Origin origin = new Origin(String.valueOf(file.getFileName()), 0, number, time);
        return new HistoryEvent(kind, origin, time, output.toByteArray());
    }

    @Override
    public void close() throws IOException {
        records.close();
    }

    private static DataFileReader<GenericRecord> open(
            Path file, GenericDatumReader<GenericRecord> reader) throws IOException {
        try {
            return new DataFileReader<>(file.toFile(), reader);
        } catch (AvroRuntimeException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    // What is damaged shows as any of Avro's unchecked exceptions, or of those of a codec.
    private @Nullable GenericRecord read() throws IOException {
        try {
            return records.hasNext() ? records.next() : null;
        } catch (RuntimeException e) {
            throw new IOException(
                    "it is damaged behind record %d (%s)".formatted(number, e.getMessage()), e);
        }
    }

    /** Avro takes a block that has been cut off for the end. */
    private void checkEnd() throws IOException {
        if (records.previousSync() < fileEnd) {
            throw new IOException("it is cut off behind record " + number);
        }
    }

    private HistoryEvent.Kind kind(Schema written) {
        HistoryEvent.Kind known = KINDS.get(written.getFullName());
        if (known == null) {
            throw new HistoryException(
                    "%s holds records of type %s; expected %s, %s or %s"
                            .formatted(
                                    file,
                                    written.getFullName(),
                                    Impression.getClassSchema().getFullName(),
                                    Click.getClassSchema().getFullName(),
                                    Rating.getClassSchema().getFullName()));
        }
        return known;
    }

    private void checkReadable(Schema written, Schema current) {
        var compatibility = SchemaCompatibility.checkReaderWriterCompatibility(current, written);
        if (compatibility.getType() != SchemaCompatibilityType.COMPATIBLE) {
            throw new HistoryException(
                    "%s was written with another schema of %s, which cannot be read as today's: %s"
                            .formatted(
                                    file,
                                    current.getFullName(),
                                    compatibility.getResult().getIncompatibilities()));
        }
    }

    private static Schema current(HistoryEvent.Kind kind) {
        return switch (kind) {
            case IMPRESSION -> Impression.getClassSchema();
            case CLICK -> Click.getClassSchema();
            case RATING -> Rating.getClassSchema();
        };
    }

    /** How a payload of that schema begins, in Avro's single-object encoding. */
    private static byte[] header(Schema schema) {
        return ByteBuffer.allocate(2 + Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 0xC3)
                .put((byte) 0x01)
                .putLong(Schemas.fingerprint(schema))
                .array();
    }
}
