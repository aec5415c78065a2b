package io.millrace.schemas.codec;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;

/** Writes records as JSON that {@link JsonToRecord} reads back as the same records. */
final class RecordToJson {

    private final RecordModel model;
    private final boolean forPeople;

    RecordToJson(RecordModel model) {
        this(model, false);
    }

    /**
     * @param forPeople whether what JSON has no value for is written as text, although it is then
     *     not read back as what it was
     */
    RecordToJson(RecordModel model, boolean forPeople) {
        this.model = model;
        this.forPeople = forPeople;
    }

    /** Writes all fields in the schema's order, null ones too. */
    void write(IndexedRecord record, JsonGenerator json) throws IOException {
        json.writeStartObject();
        for (Field field : record.getSchema().getFields()) {
            Object value = record.get(field.pos());
            json.writeFieldName(field.name());
            write(value, field.schema(), json);
        }
        json.writeEndObject();
    }

    private void write(@Nullable Object value, Schema schema, JsonGenerator json)
            throws IOException {
        switch (schema.getType()) {
            case UNION -> writeBranch(value, schema, json);
            case NULL -> json.writeNull();
            case RECORD -> write((IndexedRecord) required(value, schema), json);
            case MAP -> writeMap((Map<?, ?>) required(value, schema), schema.getValueType(), json);
            case ARRAY ->
                    writeArray((List<?>) required(value, schema), schema.getElementType(), json);
            case ENUM, STRING -> json.writeString(required(value, schema).toString());
            case BYTES -> json.writeString(base64((ByteBuffer) required(value, schema)));
            case BOOLEAN -> json.writeBoolean((Boolean) required(value, schema));
            case INT -> json.writeNumber((Integer) required(value, schema));
            case LONG -> json.writeNumber((Long) required(value, schema));
            case DOUBLE -> writeDouble((Double) required(value, schema), json);
            case FLOAT, FIXED ->
                    throw new IllegalStateException(
                            "No schema has a field of type " + schema.getType() + " as yet.");
        }
    }

    private void writeBranch(@Nullable Object value, Schema union, JsonGenerator json)
            throws IOException {
        // A named NaN would be read back as text.
        if (value instanceof Double number && !Double.isFinite(number) && !forPeople) {
            throw new IllegalArgumentException(
                    "JSON has no number for " + number + " beside strings; Avro has.");
        }
        write(value, union.getTypes().get(model.resolveUnion(union, value)), json);
    }

    private void writeMap(Map<?, ?> map, Schema values, JsonGenerator json) throws IOException {
        json.writeStartObject();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            json.writeFieldName(String.valueOf(entry.getKey()));
            write(entry.getValue(), values, json);
        }
        json.writeEndObject();
    }

    private void writeArray(List<?> array, Schema items, JsonGenerator json) throws IOException {
        json.writeStartArray();
        for (Object item : array) {
            write(item, items, json);
        }
        json.writeEndArray();
    }

    private static void writeDouble(double value, JsonGenerator json) throws IOException {
        if (Double.isFinite(value)) {
            json.writeNumber(value);
        } else {
            json.writeString(Double.toString(value));
        }
    }

    private static String base64(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return Base64.getEncoder().encodeToString(copy);
    }

    private static Object required(@Nullable Object value, Schema schema) {
        return Objects.requireNonNull(value, () -> "a " + schema.getName() + " field is null");
    }
}
