package io.millrace.jobs.label;

/**
 * Something that made no example, for people to read.
 *
 * @param time of the event that it is about, milliseconds since the epoch
 * @param detail a sentence
 */
public record LabelNote(String impressionId, Kind kind, long time, String detail) {

    /** What it was; the last three are dead letters too. */
    public enum Kind {
        /** An impression of this id had come before. */
        DUPLICATE_IMPRESSION,
        /** Another click on this impression made its label. */
        DUPLICATE_CLICK,
        /** A negative that sampling drops. */
        UNSAMPLED_NEGATIVE,
        /** A click after the late window of its impression. */
        LATE_CLICK,
        /** An impression that came when its late window was over. */
        LATE_IMPRESSION,
        /** A click without an impression before it. */
        UNMATCHED_CLICK
    }
}
