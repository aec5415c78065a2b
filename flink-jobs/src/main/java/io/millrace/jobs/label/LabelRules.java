package io.millrace.jobs.label;

import io.millrace.jobs.config.PipelineConfig.Labels.Policy;
import java.io.Serializable;

/**
 * What a click or a timer means for an impression, as a function of event times and of what has
 * been {@link Said} of its label. Times are in milliseconds since the epoch.
 *
 * @param waits whether an impression is no negative before its window has ended: policy {@code
 *     wait}
 * @param window milliseconds from an impression to the last click that makes it a positive without
 *     a correction; of no account unless it waits
 * @param lateWindow milliseconds from an impression to the last click that counts; not shorter
 * @param atEnd what the end of a bounded input makes of windows that have not ended
 */
record LabelRules(boolean waits, long window, long lateWindow, LabelSettings.AtEnd atEnd)
        implements Serializable {

    static LabelRules of(LabelSettings settings) {
        long window = settings.labels().attributionWindow().toMillis();
        return new LabelRules(
                settings.labels().policy() == Policy.WAIT,
                window,
                Math.max(window, settings.labels().lateWindow().toMillis()),
                settings.atEnd());
    }

    /** What is said of an impression when it comes. */
    Said atFirst() {
        return waits ? Said.NOTHING : Said.SHOWN;
    }

    long windowEnd(long impression) {
        return impression + window;
    }

    /** When the impression's next timer is due. */
    long due(Said said, long impression) {
        return said.isOpen() ? windowEnd(impression) : lateEnd(impression);
    }

    /** Until when an impression, or one that a click could belong to, may come. */
    long lateEnd(long event) {
        return event + lateWindow;
    }

    /** Whether the late window of an event has passed. */
    boolean isOver(long event, long now) {
        return now >= lateEnd(event);
    }

    /** Whether a click may come that takes a negative back. */
    boolean corrects() {
        return lateWindow > window;
    }

    /** When a correction is known: not before the negative. */
    long correctionTime(long impression, long click) {
        return Math.max(click, windowEnd(impression));
    }

    OfClick click(Said said, long impression, long click) {
        long delay = click - impression;
        if (delay < 0) {
            return OfClick.UNMATCHED;
        }
        if (delay > lateWindow) {
            return OfClick.TOO_LATE;
        }
        return switch (said) {
            case NOTHING, LATE_CLICK_WAITS ->
                    delay > window ? OfClick.AWAITS_WINDOW_END : OfClick.POSITIVE;
            case SHOWN -> OfClick.POSITIVE;
            case NEGATIVE, UNSAMPLED -> OfClick.CORRECTION;
            case POSITIVE -> OfClick.DUPLICATE;
        };
    }

    /**
     * @param time for which the timer was set
     * @param isAtEnd whether it goes off because the input has ended
     */
    OfTimer timer(Said said, long impression, long time, boolean isAtEnd) {
        if (time < due(said, impression)) {
            return OfTimer.TOO_SOON;
        }
        if (!said.isOpen()) {
            return OfTimer.FORGET;
        }
        boolean isUnknown = isAtEnd && atEnd == LabelSettings.AtEnd.UNKNOWN && said == Said.NOTHING;
        return isUnknown ? OfTimer.UNLABELLED : OfTimer.TIMEOUT;
    }

    /** What a click is for an impression that has come. */
    enum OfClick {
        /** It happened before the impression. */
        UNMATCHED,
        /** It makes the positive. */
        POSITIVE,
        /** It is late, and the negative that it corrects is not out. */
        AWAITS_WINDOW_END,
        /** It takes the negative back and makes the positive. */
        CORRECTION,
        /** Another click has made the positive. */
        DUPLICATE,
        /** It happened after the late window. */
        TOO_LATE
    }

    /** What a timer is for an impression that has come. */
    enum OfTimer {
        /** It was set under another configuration, or by a click that the impression has met. */
        TOO_SOON,
        /** The window has ended without a click in it. */
        TIMEOUT,
        /** The input has ended before anybody could know the label. */
        UNLABELLED,
        /** The late window has ended. */
        FORGET
    }
}
