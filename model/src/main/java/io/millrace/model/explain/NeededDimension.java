package io.millrace.model.explain;

import io.millrace.model.architecture.InputShape;
import io.millrace.model.version.VersionChain;
import io.millrace.model.version.VersionStorage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The dimension that a feature has in a version, and the one that would keep a share of the
 * variance of its values' embeddings.
 *
 * @param feature name of a sparse feature
 * @param values that have a row, each of which counts alike
 * @param trained dimension of the version's embeddings
 * @param needed from 1 to {@code trained}; equal to it when there are fewer than two values, which
 *     say nothing
 */
public record NeededDimension(String feature, long values, int trained, int needed) {

    /**
     * Those of all features with embeddings, in the order of the features.
     *
     * @param share of the variance to keep, above 0 and at most 1
     * @throws IllegalArgumentException when it is not
     */
    public static List<NeededDimension> of(VersionStorage storage, VersionChain chain, double share)
            throws IOException {
        VersionRows rows = new VersionRows(storage, chain);
        List<InputShape.Field> fields = rows.spec().inputShape().fields();
        List<FieldDimensions> variances = new ArrayList<>();
        for (InputShape.Field field : fields) {
            variances.add(new FieldDimensions(Math.max(1, field.dimension())));
        }
        long[] values = new long[fields.size()];
        rows.forEachValue(
                (feature, weights) -> {
                    if (fields.get(feature).dimension() > 0) {
                        variances.get(feature).add(weights, 0);
                        values[feature]++;
                    }
                });
        List<NeededDimension> needed = new ArrayList<>();
        for (int f = 0; f < values.length; f++) {
            int trained = fields.get(f).dimension();
            if (trained > 0) {
                int kept = values[f] < 2 ? trained : variances.get(f).keeping(share);
                needed.add(new NeededDimension(fields.get(f).name(), values[f], trained, kept));
            }
        }
        return needed;
    }
}
