package io.millrace.schemas.codec;

import org.jspecify.annotations.Nullable;

/** A place in a JSON document, such as {@code $.candidates[3].item}. */
record JsonPath(@Nullable JsonPath parent, @Nullable String field, int index) {

    static final JsonPath ROOT = new JsonPath(null, null, -1);
    private static final int MAX_NAME = 100;

    JsonPath field(String name) {
        return new JsonPath(this, name, -1);
    }

    JsonPath item(int index) {
        return new JsonPath(this, null, index);
    }

    @Override
    public String toString() {
        if (parent == null) {
            return "$";
        }
        return parent + (field == null ? "[" + index + "]" : "." + clipped(field));
    }

    // A map's keys are the sender's, as long as a payload may be; messages stay short.
    private static String clipped(String name) {
        return name.length() <= MAX_NAME ? name : name.substring(0, MAX_NAME) + "...";
    }
}
