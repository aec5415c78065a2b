package io.millrace.model.evaluate;

import org.jspecify.annotations.Nullable;

/**
 * A metric and how sure it is.
 *
 * @param low lower end of the 95% interval, at most {@code value}; null where there are too few
 *     windows for one
 * @param high its upper end
 */
public record Estimate(double value, @Nullable Double low, @Nullable Double high) {}
