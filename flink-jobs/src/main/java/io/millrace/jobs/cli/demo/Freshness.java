package io.millrace.jobs.cli.demo;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;

/**
 * Measures how long it takes from a record's arrival in Kafka until a version that contains it has
 * scored: an upper bound of when it could. Safe for use by several threads.
 */
final class Freshness {

    private final Map<Integer, Queue<Arrival>> waiting = new HashMap<>();
    private final Delays delays = new Delays();

    /** A record has arrived; those of a partition come in order of their offsets. */
    synchronized void arrived(int partition, long offset, long millis) {
        waiting.computeIfAbsent(partition, key -> new ArrayDeque<>())
                .add(new Arrival(offset, millis));
    }

    /**
     * A version has scored.
     *
     * @param ends by partition, the offset of the first record that is not in the version
     */
    synchronized void scored(Map<Integer, Long> ends, long millis) {
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

    synchronized Quantiles quantiles() {
        return delays.quantiles();
    }

    private record Arrival(long offset, long millis) {}
}
