package io.millrace.model.explain;

import io.millrace.model.architecture.InputShape;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a feature lies in x0, all embeddings and numbers side by side.
 *
 * @param name of the feature
 * @param from first column
 * @param to after the last column
 */
record FeatureSpan(String name, int from, int to) {

    /** All features that are part of x0, in its order. */
    static List<FeatureSpan> of(InputShape input) {
        List<FeatureSpan> spans = new ArrayList<>();
        int at = 0;
        for (InputShape.Field field : input.fields()) {
            if (field.dimension() > 0) {
                spans.add(new FeatureSpan(field.name(), at, at + field.dimension()));
                at += field.dimension();
            }
        }
        for (InputShape.Numbers numbers : input.numbers()) {
            spans.add(new FeatureSpan(numbers.name(), at, at + numbers.width()));
            at += numbers.width();
        }
        return spans;
    }

    static List<String> names(List<FeatureSpan> spans) {
        return spans.stream().map(FeatureSpan::name).toList();
    }

    int width() {
        return to - from;
    }
}
