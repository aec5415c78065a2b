package io.millrace.model.explain;

import io.millrace.model.architecture.Architecture;
import java.util.Map;
import java.util.TreeMap;

/** What the strength of a pair of features is. */
public enum Measure {

    /** The Frobenius norm of the pair's block of the cross weights. */
    CROSS_WEIGHTS,

    /** The mean, over examples, of the absolute dot product of the two features' vectors. */
    INTERACTION,

    /** The mean, over examples and heads, of the attention that one feature pays the other. */
    ATTENTION,

    /**
     * The Frobenius norm of the pair's block of the cross weights, of which each row counts as far
     * as its information gate stands open in the mean over examples.
     */
    GATED_CROSS_WEIGHTS;

    private static final String VECTOR =
            ", whose cross layers have a vector and no matrix: every feature is crossed with all"
                    + " others by the same weights";

    private static final Map<String, Measure> BY_ARCHITECTURE =
            new TreeMap<>(
                    Map.of(
                            "dcn-v2", CROSS_WEIGHTS,
                            "dlrm", INTERACTION,
                            "fm", INTERACTION,
                            "deepfm", INTERACTION,
                            "autoint", ATTENTION,
                            "gdcn", GATED_CROSS_WEIGHTS));

    /**
     * What there is to draw of an architecture.
     *
     * @throws NothingToDrawException when there is nothing, saying which others have something
     */
    public static Measure of(Architecture architecture) {
        Measure measure = BY_ARCHITECTURE.get(architecture.type());
        if (measure == null) {
            throw new NothingToDrawException(nothing(architecture.type()));
        }
        return measure;
    }

    /** Whether it needs real examples. */
    public boolean needsExamples() {
        return this == ATTENTION || this == GATED_CROSS_WEIGHTS;
    }

    /** Whether it has a use for real examples. */
    public boolean usesExamples() {
        return this != CROSS_WEIGHTS;
    }

    /** Whether it is a norm of weights, which can be taken per weight. */
    public boolean isOfCrossWeights() {
        return this == CROSS_WEIGHTS || this == GATED_CROSS_WEIGHTS;
    }

    private static String nothing(String type) {
        return "there are no pairs of features to draw in an architecture "
                + type
                + (type.equals("dcn") ? VECTOR : "")
                + "; those with pairs to draw are "
                + BY_ARCHITECTURE.keySet();
    }
}
