package io.millrace.jobs.cli.bench;

import io.millrace.jobs.cli.measure.Quantiles;

/**
 * How requests were answered in one window.
 *
 * @param sentPerSecond requests; fewer than wanted when sending fell behind
 * @param latency from the moment at which a request should have been sent to its scores
 * @param unanswered requests without an answer seconds after the last was sent, those before the
 *     window among them
 */
public record ScoreTry(double sentPerSecond, Quantiles latency, long unanswered) {}
