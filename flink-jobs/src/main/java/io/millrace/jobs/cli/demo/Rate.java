package io.millrace.jobs.cli.demo;

import java.util.ArrayDeque;
import java.util.Deque;

/** How fast a counter has risen over the last few seconds. Not safe for use by several threads. */
final class Rate {

    private static final long SPAN_MILLIS = 3_000;

    private final Deque<Reading> readings = new ArrayDeque<>();

    /** Takes a reading; returns the increase a second. */
    double at(long millis, long count) {
        readings.addLast(new Reading(millis, count));
        while (readings.size() > 2 && millis - readings.getFirst().millis() > SPAN_MILLIS) {
            readings.removeFirst();
        }
        Reading first = readings.getFirst();
        long passed = millis - first.millis();
        return passed == 0 ? 0 : (count - first.count()) * 1000.0 / passed;
    }

    private record Reading(long millis, long count) {}
}
