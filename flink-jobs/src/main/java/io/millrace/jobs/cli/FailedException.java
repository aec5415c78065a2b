package io.millrace.jobs.cli;

/** A run that came to a known bad end: its message is the whole answer, exit code 1. */
final class FailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    FailedException(String message) {
        super(message);
    }
}
