package io.millrace.schemas.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.schemas.codec.UndecodableException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Plain JSON: one object for each record, with values as anyone would write them. Unlike Avro's own
 * JSON encoding, it does not tag values with their union type.
 */
final class JsonCodec<T extends SpecificRecord> implements EventCodec<T> {

    private final Class<T> type;
    private final Schema schema;
    private final PayloadLimit limit;
    private final JsonMapper mapper;
    private final JsonToRecord reading;
    private final RecordToJson writing;

    JsonCodec(Class<T> type, int maxPayloadBytes, List<Schema> otherVersions) {
        RecordModel model = new RecordModel(type);
        this.type = type;
        this.schema = model.schema();
        this.limit = new PayloadLimit(schema.getName(), maxPayloadBytes);
        this.mapper = mapper(maxPayloadBytes);
        this.reading = new JsonToRecord(model, new OtherFields(schema, otherVersions));
        this.writing = new RecordToJson(model);
    }

    private static JsonMapper mapper(int maxPayloadBytes) {
        JsonFactory factory =
                JsonFactory.builder()
                        .streamReadConstraints(
                                StreamReadConstraints.builder()
                                        .maxStringLength(maxPayloadBytes)
                                        .maxNameLength(maxPayloadBytes)
                                        .build())
                        // Names come from outside: interned, they would outlive their payload.
                        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                        .build();
        return JsonMapper.builder(factory)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                .build();
    }

    @Override
    public byte[] encode(T event) {
        try (ByteArrayBuilder output = new ByteArrayBuilder()) {
            try (JsonGenerator json = mapper.createGenerator(output)) {
                writing.write(event, json);
            }
            return output.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("Writing to memory cannot fail.", e);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "This " + schema.getName() + " cannot be encoded: " + e.getMessage(), e);
        }
    }

    @Override
    public T decode(byte @Nullable [] untrusted) throws UndecodableException {
        byte[] payload = limit.check(untrusted);
        JsonNode tree = parse(payload);
        if (tree.isMissingNode()) {
            throw new UndecodableException(Reason.EMPTY, "The payload is nothing but white space.");
        }
        return type.cast(reading.record(tree, schema));
    }

    // Beside its own exceptions, a parser of hostile input may throw unchecked ones.
    private JsonNode parse(byte[] payload) throws UndecodableException {
        try {
            return mapper.readTree(payload);
        } catch (IOException | RuntimeException e) {
            String detail = detail(e);
            boolean cutOff = detail.startsWith("Unexpected end-of-input");
            throw new UndecodableException(
                    cutOff ? Reason.TRUNCATED : Reason.MALFORMED,
                    "The %s %s: %s"
                            .formatted(
                                    schema.getName(),
                                    cutOff ? "is cut off" : "is not JSON",
                                    detail),
                    e);
        }
    }

    // The full message of a parser exception also shows how the parser was set up.
    private static String detail(Exception e) {
        return e instanceof JsonProcessingException parsing
                ? parsing.getOriginalMessage()
                : String.valueOf(e.getMessage());
    }
}
