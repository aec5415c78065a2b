package io.millrace.jobs.simulate;

import java.util.Iterator;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Writes simulated events to their topics as their time comes, keyed by impression, so that a click
 * lands in the partition that its impression would have in a topic of as many partitions.
 */
public final class EventFeed {

    private final EventProducer producer;
    private final String impressionsTopic;
    private final String clicksTopic;

    public EventFeed(EventProducer producer, String impressionsTopic, String clicksTopic) {
        this.producer = producer;
        this.impressionsTopic = impressionsTopic;
        this.clicksTopic = clicksTopic;
    }

    /** Writes events as they happen, until there are no more or {@code stopped} says so. */
    public long run(
            Iterator<SimulatedEvent> events,
            Pacer pacer,
            BooleanSupplier stopped,
            Acknowledgements acknowledgements)
            throws InterruptedException {
        return deliver(new DeliveredAtOnce(events), pacer, stopped, acknowledgements);
    }

    /**
     * Writes events as they are delivered, until there are no more or {@code stopped} says so, and
     * waits until they are in Kafka.
     *
     * @return how many were written
     */
    public long deliver(
            Iterator<Delivery> deliveries,
            Pacer pacer,
            BooleanSupplier stopped,
            Acknowledgements acknowledgements)
            throws InterruptedException {
        long written = 0;
        while (deliveries.hasNext() && !stopped.getAsBoolean()) {
            Delivery delivery = deliveries.next();
            pacer.await(delivery.time());
            send(delivery.event(), acknowledgements);
            written++;
        }
        producer.flush();
        return written;
    }

    private void send(SimulatedEvent event, Acknowledgements acknowledgements) {
        if (event instanceof SimulatedEvent.Shown shown) {
            producer.send(
                    impressionsTopic,
                    event.impressionId(),
                    shown.impression(),
                    metadata -> acknowledgements.acknowledged(event, metadata));
        } else if (event instanceof SimulatedEvent.Clicked clicked) {
            producer.send(
                    clicksTopic,
                    event.impressionId(),
                    clicked.click(),
                    metadata -> acknowledgements.acknowledged(event, metadata));
        }
    }

    private record DeliveredAtOnce(Iterator<SimulatedEvent> events) implements Iterator<Delivery> {

        @Override
        public boolean hasNext() {
            return events.hasNext();
        }

        @Override
        public Delivery next() {
            return Delivery.atOnce(events.next());
        }
    }

    /** Hears of every event that is in Kafka. */
    @FunctionalInterface
    public interface Acknowledgements {

        /** Called on the producer's thread, which it must not hold up. */
        void acknowledged(SimulatedEvent event, RecordMetadata metadata);
    }
}
