package io.millrace.model.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.model.architecture.Architecture;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The form of a record of options in the pipeline file: {@code type}, then its components in
 * kebab-case. A component that is null is left out.
 */
final class OptionsWriter {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private OptionsWriter() {}

    static ObjectNode write(String type, Object options) {
        ObjectNode node = NODES.objectNode();
        node.put("type", type);
        putComponents(node, options);
        return node;
    }

    private static void putComponents(ObjectNode node, Object options) {
        RecordComponent[] components = options.getClass().getRecordComponents();
        if (components == null) {
            throw new IllegalArgumentException(
                    options.getClass().getName() + " must be a record of options to be written");
        }
        for (RecordComponent component : components) {
            Object value = value(component, options);
            if (value != null) {
                node.set(kebab(component.getName()), node(value));
            }
        }
    }

    private static JsonNode node(Object value) {
        if (value instanceof Integer number) {
            return NODES.numberNode(number);
        } else if (value instanceof Long number) {
            return NODES.numberNode(number);
        } else if (value instanceof Double number) {
            return NODES.numberNode(number);
        } else if (value instanceof Float number) {
            return NODES.numberNode(number);
        } else if (value instanceof Boolean flag) {
            return NODES.booleanNode(flag);
        } else if (value instanceof String text) {
            return NODES.textNode(text);
        } else if (value instanceof Enum<?> constant) {
            return NODES.textNode(ConfigNode.kebab(constant));
        } else if (value instanceof List<?> list) {
            ArrayNode array = NODES.arrayNode();
            list.forEach(element -> array.add(node(element)));
            return array;
        } else if (value instanceof Architecture architecture) {
            return write(architecture.type(), architecture);
        }
        ObjectNode nested = NODES.objectNode();
        putComponents(nested, value);
        return nested;
    }

    private static @Nullable Object value(RecordComponent component, Object options) {
        Method accessor = component.getAccessor();
        accessor.setAccessible(true); // the record need not be public
        try {
            return accessor.invoke(options);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalArgumentException("cannot read " + component + " of " + options, e);
        }
    }

    /** {@code learningRate} as {@code learning-rate}. */
    private static String kebab(String camelCase) {
        StringBuilder kebab = new StringBuilder();
        for (int i = 0; i < camelCase.length(); i++) {
            char c = camelCase.charAt(i);
            if (Character.isUpperCase(c)) {
                kebab.append('-');
            }
            kebab.append(c);
        }
        return kebab.toString().toLowerCase(Locale.ROOT);
    }
}
