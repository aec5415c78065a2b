package io.millrace.model.explain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a trained model has learned about pairs of its features.
 *
 * @param measure what a strength is
 * @param evidence what it was computed of
 * @param pairs the strengths
 * @param gates how far each feature's gate stands open; null where there are none
 */
public record Explanation(
        Measure measure, Evidence evidence, PairStrengths pairs, @Nullable Gates gates) {

    /** What a strength is computed of. */
    public sealed interface Evidence {

        /** The network's weights, which say it alone. */
        record Weights() implements Evidence {}

        /**
         * Made-up examples: for each sparse feature a row of the version, drawn with a chance
         * proportional to the examples that it was learned from, and independent of other features.
         *
         * @param count how many were drawn
         * @param leftOut dense features, of whose values a version knows nothing
         */
        record DrawnRows(int count, List<String> leftOut) implements Evidence {
            public DrawnRows {
                leftOut = List.copyOf(leftOut);
            }
        }

        /** Real examples. */
        record Examples(int count) implements Evidence {}
    }

    /**
     * Mean values of gates, between 0 (shut) and 1 (open).
     *
     * @param layers their names
     * @param features their names
     * @param means [layers, features]
     */
    @SuppressWarnings("ArrayRecordComponent") // A matrix; read it only.
    public record Gates(List<String> layers, List<String> features, double[][] means) {
        public Gates {
            layers = List.copyOf(layers);
            features = List.copyOf(features);
        }
    }
}
