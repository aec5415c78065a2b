package io.millrace.model.feature;

import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which values of a sparse feature have parameter rows of their own: those that came often enough,
 * for as long as they keep coming.
 *
 * @param minCount how many examples must have had a value before it is given a row; 0 gives every
 *     value one at once
 * @param ttl how long a row stays without an example, in event time; null for ever
 */
public record Vocabulary(int minCount, @Nullable Duration ttl) implements Serializable {

    /** Every value has a row, for ever. */
    public static final Vocabulary OPEN = new Vocabulary(0, null);

    public boolean isOpen() {
        return equals(OPEN);
    }
}
