package io.millrace.model.parameter;

import io.millrace.model.feature.Vocabulary;
import org.jspecify.annotations.Nullable;

/**
 * Which row stands for a value of a feature that admits values by their count, as the shard answers
 * a pull with: a byte a key.
 */
public final class Standing {

    /** The row of the key itself, as for all keys that are not of such a feature. */
    public static final byte OWN = 0;

    /** The feature's row for values that no example had before. */
    public static final byte UNSEEN = 1;

    /** The feature's row for values that came, but not often enough. */
    public static final byte RARE = 2;

    private Standing() {}

    /**
     * Of a key.
     *
     * @param row what there is of it; null for nothing
     */
    public static byte of(ParameterLayout layout, long key, @Nullable RowBuffer row) {
        Vocabulary vocabulary = layout.of(key).vocabulary();
        if (vocabulary.minCount() == 0 || !ParameterKey.isValue(key)) {
            return OWN;
        }
        return row == null ? UNSEEN : of(!row.candidate, row.examples, vocabulary);
    }

    /** Of a row that exists. Once it has weights, it keeps them whatever the count. */
    static byte of(boolean hasWeights, long examples, Vocabulary vocabulary) {
        return hasWeights || isAdmitted(examples, vocabulary) ? OWN : RARE;
    }

    /** Whether a value of so many examples has a row of its own. */
    public static boolean isAdmitted(long examples, Vocabulary vocabulary) {
        return examples >= vocabulary.minCount();
    }
}
