package io.millrace.jobs.label;

import org.jspecify.annotations.Nullable;

/**
 * What is joined by its impression id: an impression, or a click on it. Both come by one stream, so
 * that it is the stream's order, and not the race of two, that decides which of them is first.
 *
 * @param <E> what is labelled
 */
public sealed interface LabelEvent<E> {

    String impressionId();

    /**
     * An impression that waits for its label.
     *
     * @param example its event time is the impression's
     * @param received its record; null where nobody will set it aside
     */
    record Impressed<E>(String impressionId, E example, @Nullable Received received)
            implements LabelEvent<E> {

        /** Without its record. */
        public Impressed(String impressionId, E example) {
            this(impressionId, example, null);
        }
    }

    /** A click. */
    record OfClick<E>(Clicked click) implements LabelEvent<E> {
        @Override
        public String impressionId() {
            return click.impressionId();
        }
    }
}
