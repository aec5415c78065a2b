package io.millrace.model.version;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The fields of a JSON object, of which none may be missing, mistyped or unknown. Each deviation is
 * a {@link DamagedVersionException} that names the file and the field.
 */
final class JsonFields {

    private final String file;
    private final String prefix;
    private final ObjectNode node;
    private final Set<String> unread = new LinkedHashSet<>();

    JsonFields(String file, ObjectNode node) {
        this(file, "", node);
    }

    private JsonFields(String file, String prefix, ObjectNode node) {
        this.file = file;
        this.prefix = prefix;
        this.node = node;
        node.fieldNames().forEachRemaining(unread::add);
    }

    String text(String name) throws DamagedVersionException {
        JsonNode value = value(name);
        if (!value.isTextual()) {
            throw mistyped(name, "text", value);
        }
        return value.textValue();
    }

    long whole(String name) throws DamagedVersionException {
        JsonNode value = value(name);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw mistyped(name, "a whole number", value);
        }
        return value.longValue();
    }

    int smallWhole(String name) throws DamagedVersionException {
        long value = whole(name);
        if (value != (int) value) {
            throw damaged(name, "is out of range: " + value);
        }
        return (int) value;
    }

    double number(String name) throws DamagedVersionException {
        JsonNode value = value(name);
        if (!value.isNumber()) {
            throw mistyped(name, "a number", value);
        }
        return value.doubleValue();
    }

    boolean isNull(String name) throws DamagedVersionException {
        return value(name).isNull();
    }

    ObjectNode node(String name) throws DamagedVersionException {
        if (value(name) instanceof ObjectNode object) {
            return object;
        }
        throw mistyped(name, "an object", value(name));
    }

    JsonFields object(String name) throws DamagedVersionException {
        return new JsonFields(file, prefix + name + ".", node(name));
    }

    List<JsonFields> objects(String name) throws DamagedVersionException {
        JsonNode array = value(name);
        if (!array.isArray()) {
            throw mistyped(name, "a list of objects", array);
        }
        List<JsonFields> elements = new ArrayList<>();
        for (JsonNode element : array) {
            String path = name + "[" + elements.size() + "]";
            if (!(element instanceof ObjectNode object)) {
                throw mistyped(path, "an object", element);
            }
            elements.add(new JsonFields(file, prefix + path + ".", object));
        }
        return elements;
    }

    /** The names of all fields. */
    List<String> names() {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** Refuses what nobody has asked for. */
    void end() throws DamagedVersionException {
        if (!unread.isEmpty()) {
            throw damaged(unread.iterator().next(), "is unknown");
        }
    }

    DamagedVersionException damaged(String name, String reason) {
        return new DamagedVersionException(file, "field " + prefix + name + " " + reason);
    }

    private JsonNode value(String name) throws DamagedVersionException {
        unread.remove(name);
        JsonNode value = node.get(name);
        if (value == null) {
            throw damaged(name, "is missing");
        }
        return value;
    }

    private DamagedVersionException mistyped(String name, String expected, JsonNode found) {
        return damaged(
                name, "should be " + expected + " but is " + found.getNodeType() + " " + found);
    }
}
