package io.millrace.jobs.cli.bench;

import io.millrace.jobs.cli.measure.Delays;
import io.millrace.jobs.cli.measure.Quantiles;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * Requests that wait for their answers, and how long those waited that have one. A latency counts
 * from the moment at which a request was due, so that whatever holds up the sending counts too.
 *
 * <p>Moments are nanoseconds of one clock. Requests of one id are answered in their order, for they
 * take the same way. Safe for use by several threads.
 */
final class PendingRequests {

    private final Map<String, Queue<Long>> due = new HashMap<>();
    private Delays latencies = new Delays();
    private long measuredFrom;
    private long unanswered;

    /** Forgets the latencies so far, and measures requests that are due from a moment on. */
    synchronized void measureFrom(long nanos) {
        latencies = new Delays();
        measuredFrom = nanos;
    }

    /** A request is sent now that was due at a moment. */
    synchronized void sent(String id, long dueNanos) {
        due.computeIfAbsent(id, key -> new ArrayDeque<>()).add(dueNanos);
        unanswered++;
    }

    /** An answer came; one that no request waits for is of no interest. */
    synchronized void answered(String id, long nanos) {
        Long dueNanos = due.getOrDefault(id, new ArrayDeque<>()).poll();
        if (dueNanos == null) {
            return;
        }
        if (dueNanos - measuredFrom >= 0) {
            latencies.add((nanos - dueNanos) / 1e6);
        }
        unanswered--;
        notifyAll();
    }

    synchronized long unanswered() {
        return unanswered;
    }

    /** Of the requests that were measured and answered. */
    synchronized Quantiles latency() {
        return latencies.quantiles();
    }

    /** Waits until at most so many are unanswered, or the time is up; says which. */
    synchronized boolean await(long most, long millis) throws InterruptedException {
        long giveUp = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (unanswered > most) {
            long left = giveUp - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return true;
    }
}
