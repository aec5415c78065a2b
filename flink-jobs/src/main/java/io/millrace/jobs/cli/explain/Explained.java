package io.millrace.jobs.cli.explain;

import io.millrace.model.ModelSpec;
import io.millrace.model.explain.Explanation;
import io.millrace.model.explain.PairStrengths;
import io.millrace.model.version.Manifest;
import org.jspecify.annotations.Nullable;

/**
 * An explanation and what it is of.
 *
 * @param manifest of the version
 * @param spec of the model
 * @param explanation of its pairs
 * @param perWeight whether norms of weights were divided by the square root of their number
 * @param input where the real examples are from; null for none
 * @param command that makes the same again
 */
public record Explained(
        Manifest manifest,
        ModelSpec spec,
        Explanation explanation,
        boolean perWeight,
        @Nullable Input input,
        String command) {

    /**
     * Where examples are from.
     *
     * @param name of the file or directory
     * @param events that could have been drawn
     */
    public record Input(String name, long events) {}

    /** A map of more features has cells too small to see. */
    private static final int MOST_DRAWN = 100;

    PairStrengths pairs() {
        return explanation.pairs();
    }

    /** The pairs of the features that are drawn. */
    PairStrengths drawn() {
        return pairs().ofFeatures(MOST_DRAWN);
    }
}
