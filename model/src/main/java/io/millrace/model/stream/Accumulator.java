package io.millrace.model.stream;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * What is kept of a key's events for a stream feature or a profile. Immutable; the empty one stands
 * for a key without events, and knows how to read the others.
 */
sealed interface Accumulator
        permits EventCount, DecayedEventCount, LabelSums, LastTime, LastTexts, ProfileValues {

    /**
     * A text that is equal for accumulators of the same meaning. Its hash names them in a stored
     * row, so it never changes.
     */
    String definition();

    /** Whether this is what a key without events has. */
    boolean isEmpty();

    /** Whether an update of this kind can change it. */
    boolean takes(StreamUpdate update);

    /** This and one more update, which it {@link #takes}. */
    Accumulator after(StreamUpdate update);

    void write(DataOutput out) throws IOException;

    /** The accumulator of the same definition that {@link #write} wrote. */
    Accumulator read(DataInput in) throws IOException;

    /** The one of two of the same definition that is enough for both. */
    default Accumulator or(Accumulator other) {
        return this;
    }
}
