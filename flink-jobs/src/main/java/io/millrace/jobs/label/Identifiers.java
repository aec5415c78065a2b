package io.millrace.jobs.label;

import io.millrace.model.feature.InvalidEventException;

/** The bounds of an identifier that events are joined by. */
final class Identifiers {

    static final int MAX_LENGTH = 256;

    private Identifiers() {}

    static void check(String field, String value) throws InvalidEventException {
        if (value.isEmpty() || value.length() > MAX_LENGTH) {
            throw new InvalidEventException(
                    field + " has " + value.length() + " characters; expected 1 to " + MAX_LENGTH);
        }
    }
}
