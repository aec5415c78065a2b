package io.millrace.jobs.label;

import io.millrace.jobs.config.PipelineConfig;
import java.io.Serializable;

/**
 * What the label join does.
 *
 * @param labels policy and windows
 * @param negativeSampling the share of negatives that are learned, in (0, 1]
 * @param atEnd what the end of a bounded input makes of windows that have not ended
 * @param tellsShown whether impressions are told of when they come, and negatives that are not
 *     learned: {@link LabelOutcome.Shown} and {@link LabelOutcome.Unsampled}
 * @param tellsNotes whether what makes no example is told of as a {@link LabelNote}
 */
public record LabelSettings(
        PipelineConfig.Labels labels,
        double negativeSampling,
        AtEnd atEnd,
        boolean tellsShown,
        boolean tellsNotes)
        implements Serializable {

    /** Tells of examples alone. */
    public LabelSettings(PipelineConfig.Labels labels, double negativeSampling, AtEnd atEnd) {
        this(labels, negativeSampling, atEnd, false, false);
    }

    /** The same, telling of impressions too. */
    public LabelSettings tellingShown() {
        return new LabelSettings(labels, negativeSampling, atEnd, true, tellsNotes);
    }

    /** The same, with notes. */
    public LabelSettings tellingNotes() {
        return new LabelSettings(labels, negativeSampling, atEnd, tellsShown, true);
    }

    /** What becomes of an impression without a click whose window goes on when the input ends. */
    public enum AtEnd {
        /** It is a negative, as nobody will click any more. */
        NEGATIVE,
        /** It has no label, as clicks may have come that the input does not hold. */
        UNKNOWN
    }
}
