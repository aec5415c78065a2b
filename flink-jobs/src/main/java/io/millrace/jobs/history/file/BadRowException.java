package io.millrace.jobs.history.file;

/** Says why a row cannot be used. */
public final class BadRowException extends Exception {

    private static final long serialVersionUID = 1L;

    public BadRowException(String message) {
        super(message);
    }

    /** A row that is not as it should be. */
    public static BadRowException odd(Line line, String expected) {
        return new BadRowException("expected %s, found \"%s\"".formatted(expected, line.excerpt()));
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
