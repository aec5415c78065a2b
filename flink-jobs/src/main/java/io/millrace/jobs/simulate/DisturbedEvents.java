package io.millrace.jobs.simulate;

import java.util.Comparator;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;

/**
 * Events as an unreliable way delivers them, in the order of delivery: some late, some twice, none
 * lost and none changed. A function of events, disturbance and seed; each kind of disturbance has
 * random numbers of its own, so that one does not change the other, and what is disturbed at a rate
 * is so at every higher one.
 */
public final class DisturbedEvents implements Iterator<Delivery> {

    private final Iterator<? extends SimulatedEvent> events;
    private final Disturbance disturbance;
    private final RandomGenerator forDisorder;
    private final RandomGenerator forDuplicates;

    /** What was sent with it waits for what may come before. */
    private final PriorityQueue<Queued> queue =
            new PriorityQueue<>(
                    Comparator.comparingLong((Queued queued) -> queued.delivery.time())
                            .thenComparingLong(Queued::number));

    private long queued;
    private long happened = Long.MIN_VALUE;

    /**
     * @param events in the order of event time
     */
    public DisturbedEvents(
            Iterator<? extends SimulatedEvent> events, Disturbance disturbance, long seed) {
        this.events = events;
        this.disturbance = disturbance;
        forDisorder = Seeds.generator(seed, "disorder");
        forDuplicates = Seeds.generator(seed, "duplicates");
    }

    @Override
    public boolean hasNext() {
        return events.hasNext() || !queue.isEmpty();
    }

    @Override
    public Delivery next() {
        while (events.hasNext() && (queue.isEmpty() || queue.peek().delivery.time() > happened)) {
            happen(events.next());
        }
        Queued first = queue.poll();
        if (first == null) {
            throw new NoSuchElementException("all events have been delivered");
        }
        return first.delivery;
    }

    private void happen(SimulatedEvent event) {
        happened = event.timestamp();
        boolean isDisordered = forDisorder.nextDouble() < disturbance.disorder();
        long delay = delay(forDisorder);
        add(new Delivery(event, happened + (isDisordered ? delay : 0), false));
        boolean isRepeated = forDuplicates.nextDouble() < disturbance.duplicates();
        long repeatedAfter = delay(forDuplicates);
        if (isRepeated) {
            add(new Delivery(event, happened + repeatedAfter, true));
        }
    }

    private void add(Delivery delivery) {
        queue.add(new Queued(delivery, queued++));
    }

    /** From 1 ms to the longest. */
    private long delay(RandomGenerator random) {
        return 1 + (long) (random.nextDouble() * disturbance.disorderBy().toMillis());
    }

    private record Queued(Delivery delivery, long number) {}
}
