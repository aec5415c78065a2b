package io.millrace.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.schemas.Impression;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import io.millrace.schemas.codec.UndecodableException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * An impression with 26 features that are text and 13 that are numbers to its bytes on a topic, and
 * back. The library alone is Avro's generic reader and writer, or Jackson's tree.
 */
@SuppressWarnings("NullAway.Init") // set by setUp
public class EventCodecBenchmark extends Measured {

    /** What comes before the body in Avro's single-object encoding. */
    private static final int AVRO_HEADER_BYTES = 10;

    @Param({"AVRO", "JSON"})
    EventFormat format;

    private final Impression impression = impression();
    private EventCodec<Impression> codec;
    private byte[] payload;

    private final GenericDatumReader<GenericRecord> avroReader =
            new GenericDatumReader<>(Impression.getClassSchema());
    private final GenericDatumWriter<GenericRecord> avroWriter =
            new GenericDatumWriter<>(Impression.getClassSchema());
    private final ByteArrayOutputStream avroOut = new ByteArrayOutputStream();
    private BinaryDecoder avroDecoder;
    private BinaryEncoder avroEncoder;
    private GenericRecord record;

    private final ObjectMapper jackson = new ObjectMapper();
    private JsonNode tree;

    @Setup
    public void setUp() throws IOException {
        codec = EventCodec.of(Impression.class, format);
        payload = codec.encode(impression);
        if (format == EventFormat.AVRO) {
            record = readGeneric();
        } else {
            tree = jackson.readTree(payload);
        }
    }

    @Benchmark
    @Measures(value = "an event to its bytes", against = "encodeByLibrary")
    public byte[] encode() {
        return codec.encode(impression);
    }

    @Benchmark
    @Measures("the same by the library alone")
    public byte[] encodeByLibrary() throws IOException {
        if (format == EventFormat.JSON) {
            return jackson.writeValueAsBytes(tree);
        }
        avroOut.reset();
        avroEncoder = EncoderFactory.get().binaryEncoder(avroOut, avroEncoder);
        avroWriter.write(record, avroEncoder);
        avroEncoder.flush();
        return avroOut.toByteArray();
    }

    @Benchmark
    @Measures(value = "an event from its bytes", against = "decodeByLibrary")
    public Impression decode() throws UndecodableException {
        return codec.decode(payload);
    }

    @Benchmark
    @Measures("the same by the library alone")
    public Object decodeByLibrary() throws IOException {
        return format == EventFormat.JSON ? jackson.readTree(payload) : readGeneric();
    }

    private GenericRecord readGeneric() throws IOException {
        avroDecoder =
                DecoderFactory.get()
                        .binaryDecoder(
                                payload,
                                AVRO_HEADER_BYTES,
                                payload.length - AVRO_HEADER_BYTES,
                                avroDecoder);
        return avroReader.read(null, avroDecoder);
    }

    private static Impression impression() {
        Random random = new Random(7);
        Map<String, Object> features = new TreeMap<>();
        for (int i = 0; i < Models.SPARSE; i++) {
            features.put("c" + i, Integer.toHexString(random.nextInt()));
        }
        for (int i = 0; i < Models.NUMERIC; i++) {
            features.put(
                    "n" + i, i % 2 == 0 ? (Object) random.nextLong(5000) : random.nextDouble());
        }
        return new Impression(
                "impression-123456", 1_700_000_000_000L, "user-4711", "item-42", features);
    }
}
