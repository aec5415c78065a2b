package io.millrace.jobs.cli.demo;

import java.util.Arrays;

/** A growing collection of delays. Not safe for use by several threads. */
final class Delays {

    private double[] millis = new double[1024];
    private int size;

    void add(double delayMillis) {
        if (size == millis.length) {
            millis = Arrays.copyOf(millis, 2 * size);
        }
        millis[size++] = delayMillis;
    }

    int size() {
        return size;
    }

    /** By the nearest-rank definition. */
    Quantiles quantiles() {
        double[] sorted = Arrays.copyOf(millis, size);
        Arrays.sort(sorted);
        return new Quantiles(rank(sorted, 0.50), rank(sorted, 0.99));
    }

    private static double rank(double[] sorted, double quantile) {
        return sorted.length == 0
                ? Double.NaN
                : sorted[(int) Math.ceil(quantile * sorted.length) - 1];
    }
}
