package io.millrace.jobs.train;

import java.io.Serializable;
import java.time.Duration;

/** With which weights an example is predicted: how the serving ones follow the trained ones. */
public sealed interface Sync extends Serializable {

    /** The weights as they are the moment before the example is learned from. */
    record AtOnce() implements Sync {}

    /** Weights that serve until the next sync. */
    sealed interface Lagging extends Sync {

        /**
         * The number of the stretch of event time between two syncs that a time lies in. It rises
         * with time, and a stretch begins with its sync.
         *
         * @param time milliseconds since the epoch
         */
        long epoch(long time);

        /** The epoch that event time has reached when all up to the watermark has come. */
        default long epochReached(long watermark) {
            return epoch(watermark + 1);
        }
    }

    /**
     * The weights as they were when event time last passed a multiple of the interval since the
     * epoch (Liu et al., Monolith, 2022, algorithm 1).
     */
    record Every(Duration interval) implements Lagging {

        public Every {
            if (interval.toMillis() < 1) {
                throw new IllegalArgumentException(
                        "the interval between two syncs is "
                                + interval
                                + "; expected 1 ms or longer, or Sync.AtOnce");
            }
        }

        @Override
        public long epoch(long time) {
            return Math.floorDiv(time, interval.toMillis());
        }
    }

    /**
     * The weights as they were when event time passed an instant, for good; those that training
     * started with before it.
     *
     * @param at milliseconds since the epoch
     */
    record Once(long at) implements Lagging {

        @Override
        public long epoch(long time) {
            return time < at ? 0 : 1;
        }
    }
}
