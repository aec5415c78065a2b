package io.millrace.jobs.cli;

import io.millrace.model.ModelSpec;
import io.millrace.model.feature.FeatureSpec;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** In which of their features two models differ. */
final class FeatureDifference {

    private FeatureDifference() {}

    /**
     * The first difference in a sentence without its end; empty when both declare the same
     * features.
     *
     * @param oneName how to call the one model
     * @param otherName how to call the other
     */
    static Optional<String> first(
            ModelSpec one, String oneName, ModelSpec other, String otherName) {
        Map<String, FeatureSpec> others = byName(other);
        for (FeatureSpec feature : one.features()) {
            FeatureSpec same = others.remove(feature.name());
            if (same == null) {
                return Optional.of(only(feature, oneName, otherName));
            }
            if (!same.equals(feature)) {
                return Optional.of(different(feature, oneName, same, otherName));
            }
        }
        return others.values().stream().findFirst().map(left -> only(left, otherName, oneName));
    }

    private static Map<String, FeatureSpec> byName(ModelSpec model) {
        Map<String, FeatureSpec> features = new LinkedHashMap<>();
        model.features().forEach(feature -> features.put(feature.name(), feature));
        return features;
    }

    private static String only(FeatureSpec feature, String has, String hasNot) {
        return "the feature " + feature.name() + " of " + has + " is not in " + hasNot;
    }

    private static String different(
            FeatureSpec feature, String oneName, FeatureSpec same, String otherName) {
        if (feature instanceof FeatureSpec.Sparse sparse
                && same instanceof FeatureSpec.Sparse other
                && sparse.dimension() != other.dimension()) {
            return String.format(
                    Locale.ROOT,
                    "the feature %s has dimension %d in %s and %d in %s",
                    feature.name(),
                    sparse.dimension(),
                    oneName,
                    other.dimension(),
                    otherName);
        }
        return String.format(
                Locale.ROOT,
                "the feature %s is %s in %s and %s in %s",
                feature.name(),
                feature,
                oneName,
                same,
                otherName);
    }
}
