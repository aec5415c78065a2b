package io.millrace.jobs.cli.bench;

import io.millrace.jobs.cli.measure.Quantiles;
import java.time.Duration;

/**
 * How requests were answered that came at one rate.
 *
 * @param requestsPerSecond the rate
 * @param candidatesPerSecond the same, in candidates
 * @param latency from the moment at which a request should have been sent to its scores
 * @param p99OfSeconds the p99 of each second of the measurement, and of these the median: what it
 *     is as long as nothing else holds up the machine
 * @param answeredShare of the requests, within seconds after the last was sent
 */
public record ScoreLoad(
        double requestsPerSecond,
        double candidatesPerSecond,
        Quantiles latency,
        double p99OfSeconds,
        double answeredShare) {

    /** True when all were answered, and in most seconds 99 of 100 in time. */
    public boolean isWithin(Duration limit) {
        return answeredShare == 1 && p99OfSeconds <= limit.toNanos() / 1e6;
    }
}
