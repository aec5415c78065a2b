package io.millrace.model.architecture;

import io.millrace.model.feature.FeatureSpec;
import java.io.Serializable;
import java.util.List;

/**
 * What a network is fed.
 *
 * @param dimensions embedding dimension D of each of the F sparse features
 * @param numeric N, the number of numeric inputs
 */
public record InputShape(List<Integer> dimensions, int numeric) implements Serializable {

    public InputShape {
        dimensions = List.copyOf(dimensions);
    }

    public static InputShape of(List<FeatureSpec> features) {
        List<Integer> dimensions =
                features.stream()
                        .filter(FeatureSpec.Sparse.class::isInstance)
                        .map(feature -> ((FeatureSpec.Sparse) feature).dimension())
                        .toList();
        int numeric =
                features.stream()
                        .filter(FeatureSpec.Dense.class::isInstance)
                        .mapToInt(feature -> ((FeatureSpec.Dense) feature).width())
                        .sum();
        return new InputShape(dimensions, numeric);
    }

    /** F. */
    public int fields() {
        return dimensions.size();
    }

    /** Width of all embeddings side by side. */
    public int embeddingWidth() {
        return dimensions.stream().mapToInt(Integer::intValue).sum();
    }

    /** Width of x0: all embeddings and numbers side by side. */
    public int width() {
        return embeddingWidth() + numeric;
    }
}
