package io.millrace.model.evaluate;

/**
 * Whose predictions, and of which weights.
 *
 * @param pipeline its name in the backtest
 * @param sync how often its serving weights followed the trained ones, as it was asked for: {@code
 *     0}, {@code 1h}, {@code never}
 */
public record Series(String pipeline, String sync) {}
