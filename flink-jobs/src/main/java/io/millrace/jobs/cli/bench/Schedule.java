package io.millrace.jobs.cli.bench;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * When each of some numbered things is due that come at a steady rate.
 *
 * @param beginNanos when number 0 is due, in nanoseconds of some clock
 * @param perSecond the rate
 */
record Schedule(long beginNanos, double perSecond) {

    private static final double SECOND = TimeUnit.SECONDS.toNanos(1);

    long dueNanos(long number) {
        return beginNanos + Math.round(number * (SECOND / perSecond));
    }

    /** How many are due in a time. */
    long count(Duration time) {
        return Math.round(time.toNanos() * (perSecond / SECOND));
    }

    /** How much later than it was due something comes, 0 when it comes earlier. */
    double secondsLate(long number, long nanos) {
        return Math.max(0, nanos - dueNanos(number)) / SECOND;
    }

    /**
     * The rate at which {@code [from, to)} came: less than the schedule's when the last was late.
     *
     * @param lastNanos when the last one came
     */
    double achieved(long from, long to, long lastNanos) {
        return (to - from) / ((to - from) / perSecond + secondsLate(to - 1, lastNanos));
    }
}
