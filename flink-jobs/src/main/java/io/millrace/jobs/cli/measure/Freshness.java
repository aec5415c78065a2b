package io.millrace.jobs.cli.measure;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;

/**
 * Measures how long it takes from a record's arrival in Kafka until a version that contains it is
 * seen to serve. Safe for use by several threads.
 */
public final class Freshness {

    private final Map<Integer, Queue<Arrival>> waiting = new HashMap<>();
    private final Delays delays = new Delays();

    /** A record has arrived; those of a partition come in order of their offsets. */
    public synchronized void arrived(int partition, long offset, long millis) {
        waiting.computeIfAbsent(partition, key -> new ArrayDeque<>())
                .add(new Arrival(offset, millis));
    }

    /**
     * A version serves; how that shows is the caller's to say.
     *
     * @param ends by partition, the offset of the first record that is not in the version
     */
    public synchronized void served(Map<Integer, Long> ends, long millis) {
        ends.forEach(
                (partition, end) -> {
                    Queue<Arrival> arrivals = waiting.getOrDefault(partition, new ArrayDeque<>());
                    for (Arrival first = arrivals.peek();
                            first != null && first.offset() < end;
                            first = arrivals.peek()) {
                        delays.add((double) (millis - first.millis()));
                        arrivals.remove();
                    }
                });
    }

    /** Records that have arrived and are in no version yet that serves. */
    public synchronized long waiting() {
        return waiting.values().stream().mapToLong(Queue::size).sum();
    }

    /** Records that are in a version that serves. */
    public synchronized long measured() {
        return delays.size();
    }

    public synchronized Quantiles quantiles() {
        return delays.quantiles();
    }

    private record Arrival(long offset, long millis) {}
}
