package io.millrace.model.stream;

/** Bytes that are no {@link KeyRow}; the message says what is wrong. */
public final class DamagedRowException extends RuntimeException {
    DamagedRowException(String message) {
        super(message);
    }
}
