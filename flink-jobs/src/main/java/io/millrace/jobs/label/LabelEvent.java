package io.millrace.jobs.label;

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
     */
    record Impressed<E>(String impressionId, E example) implements LabelEvent<E> {}

    /** A click. */
    record OfClick<E>(Clicked click) implements LabelEvent<E> {
        @Override
        public String impressionId() {
            return click.impressionId();
        }
    }
}
