package io.millrace.jobs.cli.bench;

import io.millrace.jobs.cli.measure.Quantiles;

/**
 * How long events took to be servable.
 *
 * @param wantedPerSecond events that should come
 * @param eventsPerSecond that came during the measurement
 * @param events that were measured
 * @param versions that went live meanwhile
 * @param delay from an event's timestamp in Kafka until a version that contains it was live
 */
public record FreshnessRun(
        double wantedPerSecond,
        double eventsPerSecond,
        long events,
        long versions,
        Quantiles delay) {}
