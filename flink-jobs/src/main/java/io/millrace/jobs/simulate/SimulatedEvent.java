package io.millrace.jobs.simulate;

import io.millrace.schemas.Click;
import io.millrace.schemas.Impression;

/** An event of a simulated world, together with what only the world knows. */
public sealed interface SimulatedEvent {

    /** Event time, milliseconds since the epoch. */
    long timestamp();

    /** The impression that it is, or belongs to. */
    String impressionId();

    /**
     * An item was shown.
     *
     * @param clickProbability the true one
     * @param clicked whether a {@link Clicked} follows
     */
    record Shown(Impression impression, double clickProbability, boolean clicked)
            implements SimulatedEvent {
        @Override
        public long timestamp() {
            return impression.getTimestamp();
        }

        @Override
        public String impressionId() {
            return impression.getImpressionId();
        }
    }

    /**
     * An item that was shown was clicked.
     *
     * @param delay milliseconds since it was shown
     */
    record Clicked(Click click, long delay) implements SimulatedEvent {
        @Override
        public long timestamp() {
            return click.getTimestamp();
        }

        @Override
        public String impressionId() {
            return click.getImpressionId();
        }
    }
}
