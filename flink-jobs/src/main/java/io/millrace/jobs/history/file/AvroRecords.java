package io.millrace.jobs.history.file;

import io.millrace.jobs.history.HistoryException;
import io.millrace.jobs.source.Origin;
import io.millrace.schemas.Click;
import io.millrace.schemas.Impression;
import io.millrace.schemas.Profile;
import io.millrace.schemas.Rating;
import io.millrace.schemas.codec.Schemas;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
 * Reads the records of an Avro object container file, all of one of our types, in its order. Used
 * by one thread.
 *
 * @see <a href="https://avro.apache.org/docs/1.12.0/specification/#object-container-files">Avro
 *     specification, object container files</a>
 */
final class AvroRecords implements Closeable {

    private static final List<Schema> KNOWN =
            List.of(
                    Impression.getClassSchema(),
                    Click.getClassSchema(),
                    Rating.getClassSchema(),
                    Profile.getClassSchema());
    private static final String TIME = "timestamp";

    private final Path file;
    private final DataFileReader<GenericRecord> records;
    private final long fileEnd;
    private final Schema schema;
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
    AvroRecords(Path file) throws IOException {
        this.file = file;
        GenericDatumReader<GenericRecord> reader = new GenericDatumReader<>();
        fileEnd = Files.size(file);
        records = open(file, reader);
        try {
            Schema written = records.getSchema();
            schema = current(written);
            reader.setExpected(schema);
            writer = new GenericDatumWriter<>(schema);
            header = header(schema);
            checkReadable(written, schema);
        } catch (RuntimeException e) {
            records.close();
            throw e;
        }
    }

    /** Today's schema of their type. */
    Schema schema() {
        return schema;
    }

    /** The next record; null after the last. */
    @Nullable Stored next() throws IOException {
        GenericRecord record = read();
        if (record == null) {
            checkEnd();
            return null;
        }
        number++;
        output.reset();
        output.writeBytes(header);
        writer.write(record, encoder);
        encoder.flush();
        long time = (Long) record.get(TIME);
        Origin origin = new Origin(String.valueOf(file.getFileName()), 0, number, time);
        return new Stored(origin, time, output.toByteArray());
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

    private Schema current(Schema written) {
        for (Schema known : KNOWN) {
            if (known.getFullName().equals(written.getFullName())) {
                return known;
            }
        }
        throw new HistoryException(
                "%s holds records of type %s; expected %s, %s, %s or %s"
                        .formatted(
                                file,
                                written.getFullName(),
                                KNOWN.get(0).getFullName(),
                                KNOWN.get(1).getFullName(),
                                KNOWN.get(2).getFullName(),
                                KNOWN.get(3).getFullName()));
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

    /** How a payload of that schema begins, in Avro's single-object encoding. */
    private static byte[] header(Schema schema) {
        return ByteBuffer.allocate(2 + Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 0xC3)
                .put((byte) 0x01)
                .putLong(Schemas.fingerprint(schema))
                .array();
    }

    /**
     * A record as a topic would hold it.
     *
     * @param origin the file, 0 and the record's number, from 1
     * @param time event time, milliseconds since the epoch
     * @param payload in Avro's single-object encoding
     */
    record Stored(Origin origin, long time, byte[] payload) {}
}
