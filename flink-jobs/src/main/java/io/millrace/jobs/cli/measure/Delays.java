package io.millrace.jobs.cli.measure;

import org.HdrHistogram.Histogram;

/**
 * The distribution of delays, to three digits, in memory that does not grow with their number. Not
 * safe for use by several threads.
 */
public final class Delays {

    private static final int DIGITS = 3;
    private static final double MICROS = 1e3;

    private final Histogram micros = new Histogram(DIGITS);

    public void add(double delayMillis) {
        micros.recordValue(Math.max(0, Math.round(delayMillis * MICROS)));
    }

    public long size() {
        return micros.getTotalCount();
    }

    public Quantiles quantiles() {
        return new Quantiles(quantile(50), quantile(99));
    }

    private double quantile(double percentile) {
        return micros.getTotalCount() == 0
                ? Double.NaN
                : micros.getValueAtPercentile(percentile) / MICROS;
    }
}
