package io.millrace.jobs.simulate;

import java.time.Duration;

/**
 * Clicks that come much later than others. Which impressions are clicked is the same without them.
 *
 * @param share the probability that a click is one
 * @param after their delay from the impression is above this
 * @param until and at most this; uniform between the two
 */
public record LateClicks(double share, Duration after, Duration until) {

    /** No click is late. */
    public static final LateClicks NONE = new LateClicks(0, Duration.ZERO, Duration.ofMillis(1));

    public LateClicks {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("the share of late clicks must be from 0 to 1");
        }
        if (until.compareTo(after) <= 0) {
            throw new IllegalArgumentException(
                    "late clicks come until " + until + ", after " + after);
        }
    }
}
