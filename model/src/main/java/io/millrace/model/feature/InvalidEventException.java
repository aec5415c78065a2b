package io.millrace.model.feature;

import io.millrace.schemas.codec.Printable;

/** An event that cannot be used; the message says what was found and what is expected. */
public final class InvalidEventException extends Exception {

    public InvalidEventException(String message) {
        super(Printable.of(message));
    }
}
