package io.millrace.jobs.simulate;

/**
 * An event on its way to whoever listens.
 *
 * @param time when it is sent, in event time, milliseconds since the epoch; never before the event
 * @param repeat whether it is sent besides another time
 */
public record Delivery(SimulatedEvent event, long time, boolean repeat) {

    /** An event that is sent as it happens. */
    public static Delivery atOnce(SimulatedEvent event) {
        return new Delivery(event, event.timestamp(), false);
    }

    /** Whether it is sent later than it happened; repeats are not asked. */
    public boolean isDisordered() {
        return !repeat && time > event.timestamp();
    }
}
