package io.millrace.jobs.cli.inspect;

import io.millrace.schemas.DeadLetter;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A record of a topic, decoded as far as possible.
 *
 * @param timestamp Kafka's, milliseconds since the epoch
 * @param content of a dead letter: that of the record that was set aside
 * @param letter null when it is no dead letter
 */
record Inspected(
        String topic,
        int partition,
        long offset,
        long timestamp,
        @Nullable String key,
        Content content,
        @Nullable DeadLetter letter) {

    /** When it was set aside, or else written, milliseconds since the epoch. */
    long time() {
        return letter == null ? timestamp : letter.getTime();
    }

    String place() {
        return place(topic, partition, offset);
    }

    static String place(String topic, int partition, long offset) {
        return topic + "-" + partition + "@" + offset;
    }

    static String instant(long millis) {
        return Instant.ofEpochMilli(millis).toString();
    }
}
