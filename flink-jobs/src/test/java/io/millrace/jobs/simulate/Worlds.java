package io.millrace.jobs.simulate;

import io.millrace.jobs.simulate.WorldSettings.Drift;
import java.time.Duration;
import java.time.Instant;

/** Settings that the tests share. */
final class Worlds {

    static final Instant START = Instant.parse("2024-05-06T07:08:09Z");
    static final long START_MILLIS = START.toEpochMilli();

    private Worlds() {}

    /** A minute, with items that appear, and clicks within a second. */
    static WorldSettings minute(Drift drift) {
        return new WorldSettings(
                START,
                Duration.ofMinutes(1),
                200,
                50,
                30,
                6,
                10,
                drift,
                Duration.ofMillis(200),
                Duration.ofSeconds(1));
    }

    /** Milliseconds since the epoch after this share of the minute. */
    static long at(double progress) {
        return START_MILLIS + (long) (progress * 60_000);
    }
}
