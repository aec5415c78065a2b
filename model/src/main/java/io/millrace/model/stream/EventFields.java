package io.millrace.model.stream;

import io.millrace.model.feature.InvalidEventException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An event's values by field.
 *
 * @param item null when there is none
 * @param features values that events carry
 * @param overriding values that win over them, even when null
 */
record EventFields(
        String user,
        @Nullable String item,
        Map<String, Object> features,
        Map<String, Object> overriding) {

    @Nullable Object value(String field) {
        return switch (field) {
            case "user" -> user;
            case "item" -> item;
            default -> overriding.containsKey(field) ? overriding.get(field) : features.get(field);
        };
    }

    /** The text of a value, or those of a list's elements. */
    static List<String> texts(String field, Object value) throws InvalidEventException {
        if (value instanceof List<?> list) {
            List<String> texts = new ArrayList<>(list.size());
            for (Object element : list) {
                texts.add(text(field, element));
            }
            return texts;
        }
        return List.of(text(field, value));
    }

    /** The text that a categorical feature would make of it. */
    private static String text(String field, @Nullable Object value) throws InvalidEventException {
        if (value instanceof CharSequence
                || value instanceof Boolean
                || value instanceof Long
                || value instanceof Integer) {
            return value.toString();
        }
        throw new InvalidEventException(
                "field \""
                        + field
                        + "\" of stream features: expected a text, a whole number, a boolean or a"
                        + " list of them, found "
                        + value);
    }
}
