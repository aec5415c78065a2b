package io.millrace.model.explain;

/** A model whose network ties no features together that could be told apart; says so. */
public final class NothingToDrawException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NothingToDrawException(String message) {
        super(message);
    }
}
