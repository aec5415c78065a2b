package io.millrace.model.learn;

/** Training or scoring met a number that is not finite: the message says where. */
public final class DivergedException extends RuntimeException {

    public DivergedException(String message) {
        super(message);
    }
}
