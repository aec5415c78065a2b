package io.millrace.model.evaluate;

import org.jspecify.annotations.Nullable;

/**
 * The paired difference of two series in one metric, over the examples that both predicted.
 *
 * <p>It is of the values themselves, also where the best value is in the middle, as of calibration
 * and bias. There interval and p-value tell whether the two differ, and {@link Goal} tells which is
 * nearer the best.
 *
 * @param difference that of {@code a} minus that of {@code b}
 * @param low lower end of its 95% interval; null where there are too few windows for one
 * @param high its upper end
 * @param pValue how often windows whose two series are swapped at random differ as much; null where
 *     there are too few windows to tell
 */
public record Comparison(
        Series a,
        Series b,
        String metric,
        double difference,
        @Nullable Double low,
        @Nullable Double high,
        @Nullable Double pValue) {}
