package io.millrace.jobs.source;

import io.millrace.schemas.codec.EventFormat;
import io.millrace.schemas.codec.OtherVersions;
import java.io.Serializable;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How topics are read.
 *
 * @param properties plain Kafka client properties, bootstrap servers among them
 * @param group consumer group and prefix of client ids
 * @param format encoding of the events
 * @param maxBytes largest payload that is decoded
 * @param schemas other versions of ours that events are written with
 * @param maxAhead how far an event time may lie after its record's arrival
 * @param outOfOrderness how much later than a younger one an event may arrive within a partition
 * @param idleAfter when a silent partition stops holding back the watermark
 * @param end where to stop, by topic and partition (exclusive); null to go on for ever
 */
public record KafkaSettings(
        Map<String, String> properties,
        String group,
        EventFormat format,
        int maxBytes,
        OtherVersions schemas,
        Duration maxAhead,
        Duration outOfOrderness,
        Duration idleAfter,
        @Nullable Map<String, Map<Integer, Long>> end)
        implements Serializable {}
