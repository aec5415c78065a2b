package io.millrace.model.fit;

/**
 * What came of training a model.
 *
 * @param value of the metric over the part held out; NaN where it is not defined
 * @param epochs whose weights these are, counted from the first
 * @param parameters weights of the network, and of all values that were learned from
 */
public record FitResult(double value, int epochs, long parameters) {}
