package io.millrace.jobs.simulate;

import java.time.Duration;

/**
 * What happens to events on their way.
 *
 * @param duplicates probability that an event is sent a second time, at a moment that is uniform
 *     between the event and {@code disorderBy} later
 * @param disorder probability that an event is sent later than it happened, at a moment that is
 *     uniform over the same time; others are sent at once
 * @param disorderBy the longest that anything is sent after its event
 */
public record Disturbance(double duplicates, double disorder, Duration disorderBy) {

    /** Every event is sent once, as it happens. */
    public static final Disturbance NONE = new Disturbance(0, 0, Duration.ofMillis(1));

    public Disturbance {
        require(duplicates >= 0 && duplicates <= 1, "duplicates must be from 0 to 1");
        require(disorder >= 0 && disorder <= 1, "disorder must be from 0 to 1");
        require(disorderBy.toMillis() > 0, "disorderBy must be at least a millisecond");
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
