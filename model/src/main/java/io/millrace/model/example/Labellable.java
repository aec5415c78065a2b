package io.millrace.model.example;

/**
 * An input that a label can be put on: an {@link Example}, or what carries several of one event.
 */
public interface Labellable<E extends Labellable<E>> {

    /** Milliseconds since the epoch. */
    long eventTime();

    /** 0 or 1 for clicks, the rating for ratings; 0 where there is no label yet. */
    float label();

    /** Importance, 1 for an ordinary example. */
    float weight();

    /** The same input with another label and weight. */
    E labelled(float label, float weight);
}
