package io.millrace.schemas.codec;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.schemas.codec.UndecodableException.Reason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;

/**
 * Builds records from JSON trees, led by their schemas.
 *
 * <p>Every field of an object must be one of the schema's, or of another version of it that is
 * known; a field that is absent takes its default. A union takes the first of its types that the
 * JSON value fits, so a whole number becomes a long before it becomes a double.
 */
final class JsonToRecord {

    private final RecordModel model;
    private final OtherFields otherFields;

    JsonToRecord(RecordModel model, OtherFields otherFields) {
        this.model = model;
        this.otherFields = otherFields;
    }

    IndexedRecord record(JsonNode node, Schema schema) throws UndecodableException {
        return record(node, schema, JsonPath.ROOT);
    }

    private IndexedRecord record(JsonNode node, Schema schema, JsonPath path)
            throws UndecodableException {
        require(node.isObject(), node, "an object", path);
        IndexedRecord record = (IndexedRecord) model.newRecord(null, schema);
        OtherFields.OfRecord others = otherFields.ofRecord(schema);
        int present = 0;
        for (Field field : schema.getFields()) {
            String name = nameIn(node, field, others);
            JsonNode value = node.get(name);
            if (value == null) {
                record.put(field.pos(), defaultOf(field, path));
            } else {
                record.put(field.pos(), value(value, field.schema(), path.field(name)));
                present++;
            }
        }
        if (present < node.size()) {
            checkOtherFields(node, schema, others, path);
        }
        return record;
    }

    private static void checkOtherFields(
            JsonNode node, Schema schema, OtherFields.OfRecord others, JsonPath path)
            throws UndecodableException {
        Set<String> unknown = new LinkedHashSet<>();
        node.fieldNames().forEachRemaining(unknown::add);
        schema.getFields().forEach(field -> unknown.remove(nameIn(node, field, others)));
        unknown.removeIf(others::isPassedOver);
        if (!unknown.isEmpty()) {
            throw unknownField(unknown.iterator().next(), schema, path);
        }
    }

    /**
     * What an object calls a field; the field's own name where the object has none of its names.
     */
    private static String nameIn(JsonNode node, Field field, OtherFields.OfRecord others) {
        if (!node.has(field.name())) {
            for (String other : others.namesOf(field)) {
                if (node.has(other)) {
                    return other;
                }
            }
        }
        return field.name();
    }

    private @Nullable Object defaultOf(Field field, JsonPath path) throws UndecodableException {
        if (!field.hasDefaultValue()) {
            throw mismatch(path.field(field.name()), "the field is missing and has no default");
        }
        // The default is shared, and the record is the caller's to change.
        return model.deepCopy(field.schema(), model.getDefaultValue(field));
    }

    private static UndecodableException unknownField(String name, Schema schema, JsonPath path) {
        List<String> known = schema.getFields().stream().map(Field::name).toList();
        return mismatch(
                path.field(name),
                "the field is unknown; a %s has %s"
                        .formatted(schema.getName(), String.join(", ", known)));
    }

    private @Nullable Object value(JsonNode node, Schema schema, JsonPath path)
            throws UndecodableException {
        return switch (schema.getType()) {
            case UNION -> value(node, branch(node, schema, path), path);
            case RECORD -> record(node, schema, path);
            case MAP -> map(node, schema.getValueType(), path);
            case ARRAY -> array(node, schema.getElementType(), path);
            case ENUM -> symbol(node, schema, path);
            case BYTES -> bytes(node, path);
            case NULL -> {
                require(node.isNull(), node, "null", path);
                yield null;
            }
            case BOOLEAN -> {
                require(node.isBoolean(), node, "true or false", path);
                yield node.booleanValue();
            }
            case STRING -> {
                require(node.isTextual(), node, "a string", path);
                yield whole(node.textValue(), path);
            }
            case INT -> {
                require(node.isIntegralNumber(), node, "a whole number", path);
                require(node.canConvertToInt(), node, "a whole number of 32 bits", path);
                yield node.intValue();
            }
            case LONG -> {
                require(node.isIntegralNumber(), node, "a whole number", path);
                require(node.canConvertToLong(), node, "a whole number of 64 bits", path);
                yield node.longValue();
            }
            case DOUBLE -> number(node, path);
            case FLOAT, FIXED ->
                    throw new IllegalStateException(
                            "No schema has a field of type " + schema.getType() + " as yet.");
        };
    }

    private static Schema branch(JsonNode node, Schema union, JsonPath path)
            throws UndecodableException {
        for (Schema branch : union.getTypes()) {
            if (mayBe(node, branch.getType())) {
                return branch;
            }
        }
        List<String> names = union.getTypes().stream().map(Schema::getName).toList();
        throw mismatch(
                path, "%s is none of %s".formatted(describe(node), String.join(", ", names)));
    }

    private static boolean mayBe(JsonNode node, Schema.Type type) {
        return switch (type) {
            case NULL -> node.isNull();
            case BOOLEAN -> node.isBoolean();
            case INT, LONG -> node.isIntegralNumber();
            case FLOAT, DOUBLE -> node.isNumber();
            case STRING, ENUM, BYTES, FIXED -> node.isTextual();
            case ARRAY -> node.isArray();
            case MAP, RECORD -> node.isObject();
            case UNION -> false;
        };
    }

    private Map<String, @Nullable Object> map(JsonNode node, Schema values, JsonPath path)
            throws UndecodableException {
        require(node.isObject(), node, "an object", path);
        Map<String, @Nullable Object> map = new HashMap<>();
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            String key = whole(entry.getKey(), path.field(entry.getKey()));
            map.put(key, value(entry.getValue(), values, path.field(key)));
        }
        return map;
    }

    private List<@Nullable Object> array(JsonNode node, Schema items, JsonPath path)
            throws UndecodableException {
        require(node.isArray(), node, "an array", path);
        List<@Nullable Object> array = new ArrayList<>(node.size());
        for (JsonNode item : node) {
            array.add(value(item, items, path.item(array.size())));
        }
        return array;
    }

    private Object symbol(JsonNode node, Schema schema, JsonPath path) throws UndecodableException {
        String expected = "one of " + String.join(", ", schema.getEnumSymbols());
        require(node.isTextual() && schema.hasEnumSymbol(node.textValue()), node, expected, path);
        return model.createEnum(node.textValue(), schema);
    }

    /** JSON can escape half of a surrogate pair, which is no character and has no UTF-8. */
    private static String whole(String text, JsonPath path) throws UndecodableException {
        for (int at = 0; at < text.length(); at++) {
            if (Character.isSurrogate(text.charAt(at))) {
                if (!Character.isSupplementaryCodePoint(text.codePointAt(at))) {
                    throw mismatch(path, "the text has half of a surrogate pair");
                }
                at++;
            }
        }
        return text;
    }

    private static ByteBuffer bytes(JsonNode node, JsonPath path) throws UndecodableException {
        require(node.isTextual(), node, "a string of base64", path);
        try {
            return ByteBuffer.wrap(Base64.getDecoder().decode(node.textValue()));
        } catch (IllegalArgumentException e) {
            throw mismatch(path, "the string is not base64: " + e.getMessage());
        }
    }

    // JSON has no literal for NaN and the infinities, so a field that is always a double names
    // them.
    private static double number(JsonNode node, JsonPath path) throws UndecodableException {
        if (node.isTextual()) {
            return switch (node.textValue()) {
                case "NaN" -> Double.NaN;
                case "Infinity" -> Double.POSITIVE_INFINITY;
                case "-Infinity" -> Double.NEGATIVE_INFINITY;
                default -> throw mismatch(path, "expected a number, but found a string");
            };
        }
        require(node.isNumber(), node, "a number", path);
        double value = node.doubleValue();
        if (Double.isInfinite(value)) {
            throw mismatch(path, "the number is too large for a double");
        }
        return value;
    }

    private static void require(boolean fits, JsonNode node, String expected, JsonPath path)
            throws UndecodableException {
        if (!fits) {
            throw mismatch(path, "expected %s, but found %s".formatted(expected, describe(node)));
        }
    }

    private static String describe(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> "an object";
            case ARRAY -> "an array";
            case STRING -> "a string";
            case NUMBER, BOOLEAN, NULL -> node.toString();
            default -> "something else";
        };
    }

    private static UndecodableException mismatch(JsonPath path, String what) {
        return new UndecodableException(Reason.MALFORMED, "At " + path + ", " + what + ".");
    }
}
