package io.millrace.model.feature;

import java.util.List;

/** Typed views of a feature's value, which an event may give as any type. */
final class FeatureValues {

    private static final int LONGEST_QUOTE = 60;

    private FeatureValues() {}

    /**
     * The canonical text of one value, so that the number 12 and the text "12" are the same value.
     * Fractions are refused: their text depends on how they were computed.
     */
    static String text(String feature, Object value) throws InvalidEventException {
        if (value instanceof CharSequence || value instanceof Boolean) {
            return value.toString();
        }
        if (value instanceof Long || value instanceof Integer) {
            return value.toString();
        }
        throw unexpected(feature, value, "a text, a whole number or a boolean");
    }

    /** A finite number. */
    static double number(String feature, Object value) throws InvalidEventException {
        if (isNumber(value)) {
            double number = ((Number) value).doubleValue();
            if (Double.isFinite(number)) {
                return number;
            }
        }
        throw unexpected(feature, value, "a finite number");
    }

    /** A time in milliseconds since the epoch. */
    static long time(String feature, Object value) throws InvalidEventException {
        if (value instanceof Long || value instanceof Integer) {
            return ((Number) value).longValue();
        }
        throw unexpected(feature, value, "a time in whole milliseconds since 1970-01-01 UTC");
    }

    static List<?> list(String feature, Object value) throws InvalidEventException {
        if (value instanceof List<?> list) {
            return list;
        }
        throw unexpected(feature, value, "a list of texts");
    }

    static InvalidEventException unexpected(String feature, Object value, String expected) {
        return new InvalidEventException(
                "feature \"" + feature + "\": expected " + expected + ", found " + describe(value));
    }

    private static boolean isNumber(Object value) {
        return value instanceof Long
                || value instanceof Double
                || value instanceof Integer
                || value instanceof Float;
    }

    private static String describe(Object value) {
        if (value instanceof List<?> list) {
            return "a list of " + list.size() + (list.size() == 1 ? " value" : " values");
        }
        String text = value.toString();
        String shortened =
                text.length() > LONGEST_QUOTE ? text.substring(0, LONGEST_QUOTE) + "..." : text;
        if (value instanceof CharSequence) {
            return "the text \"" + shortened + '"';
        }
        return (value instanceof Boolean ? "the boolean " : "the number ") + shortened;
    }
}
