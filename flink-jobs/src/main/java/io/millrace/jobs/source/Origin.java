package io.millrace.jobs.source;

import java.io.Serializable;

/**
 * Where an event came from.
 *
 * @param arrivalTime Kafka's timestamp of the record, milliseconds since the epoch
 */
public record Origin(String topic, int partition, long offset, long arrivalTime)
        implements Serializable {}
