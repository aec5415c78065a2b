package io.millrace.jobs.cli.measure;

/**
 * The middle and the tail of some delays, in milliseconds; NaN when there were none.
 *
 * @param p50 the median
 * @param p99 only one in a hundred is longer
 */
public record Quantiles(double p50, double p99) {}
