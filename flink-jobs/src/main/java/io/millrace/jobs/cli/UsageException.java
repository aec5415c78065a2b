package io.millrace.jobs.cli;

/** A request that cannot be met as it is given: its message is the whole answer, exit code 2. */
final class UsageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
