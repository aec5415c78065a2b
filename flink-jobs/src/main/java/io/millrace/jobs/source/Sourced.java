package io.millrace.jobs.source;

import io.millrace.schemas.DeadLetter;

/** A Kafka record as the source hands it on: an event, or a dead letter in its place. */
public sealed interface Sourced<T> {

    Origin origin();

    /**
     * A decoded and valid event.
     *
     * @param eventTime milliseconds since the epoch
     */
    record Event<T>(Origin origin, long eventTime, T value) implements Sourced<T> {}

    /** A record that could not be used. */
    record Rejected<T>(Origin origin, DeadLetter letter) implements Sourced<T> {}
}
