package io.millrace.schemas.codec;

import org.jspecify.annotations.Nullable;

/**
 * Says why a payload is not an event; the message is a sentence for whoever reads dead letters, in
 * one line however the payload looks.
 */
public final class UndecodableException extends Exception {

    private static final long serialVersionUID = 1L;

    /** What is wrong with a payload. */
    public enum Reason {
        /** There is no payload, or nothing in it. */
        EMPTY,
        /** It ends before the record does. */
        TRUNCATED,
        /** It is larger than the codec accepts. */
        TOO_LARGE,
        /** It was written with a schema that this record cannot be read from. */
        WRONG_SCHEMA,
        /** It is not what the format prescribes, or goes on after the record. */
        MALFORMED
    }

    private final Reason reason;

    public UndecodableException(Reason reason, String message) {
        this(reason, message, null);
    }

    public UndecodableException(Reason reason, String message, @Nullable Throwable cause) {
        super(Printable.of(message), cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
