package io.millrace.jobs.history;

/** Recorded events that cannot be had; the message says what is missing and what would work. */
public final class HistoryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public HistoryException(String message) {
        super(message);
    }
}
