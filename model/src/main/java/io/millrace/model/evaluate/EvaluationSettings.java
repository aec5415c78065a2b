package io.millrace.model.evaluate;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How predictions are judged.
 *
 * @param judgeFrom event time before which examples are not judged, milliseconds since the epoch
 * @param judgeTo event time behind which they are not, either, as where not all labels are known
 * @param window length of the windows in event time, aligned to the epoch; null for one that cuts
 *     the judged range into 20 to 60 windows of a round length
 * @param replicates how often the windows are drawn anew, for intervals and for tests; 0 for
 *     neither
 * @param seed of these draws
 */
public record EvaluationSettings(
        long judgeFrom, long judgeTo, @Nullable Duration window, int replicates, long seed) {

    /** To the end. */
    public EvaluationSettings(
            long judgeFrom, @Nullable Duration window, int replicates, long seed) {
        this(judgeFrom, Long.MAX_VALUE, window, replicates, seed);
    }

    public EvaluationSettings {
        if (window != null && window.toMillis() < 1) {
            throw new IllegalArgumentException(
                    "A window of " + window + " is too short; it must last at least 1 ms.");
        }
        if (replicates < 0) {
            throw new IllegalArgumentException(
                    replicates
                            + " replicates cannot be drawn; 1000 is usual, 0 leaves out intervals"
                            + " and tests.");
        }
    }

    /** The same, up to a time. */
    public EvaluationSettings to(long newJudgeTo) {
        return new EvaluationSettings(judgeFrom, newJudgeTo, window, replicates, seed);
    }

    boolean judges(long time) {
        return time >= judgeFrom && time <= judgeTo;
    }
}
