package io.millrace.model.learn;

import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.InputShape;
import io.millrace.model.feature.FeatureSpec;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * The way from parameter rows to the network's input and back: the embeddings of a feature's keys
 * become one by sum or mean, and its gradient goes to each of those keys.
 */
final class EmbeddingPooling {

    /** Stands for the place of a linear weight that a feature does not have. */
    private static final int NONE = -1;

    private final int[] dimensions;
    private final boolean[] mean;

    /** By feature, where its linear weight goes. */
    private final int[] weightTo;

    private final int width;

    /** The embeddings of one example, on their way to or from native memory. */
    private final float[] pooled;

    EmbeddingPooling(ModelSpec spec) {
        InputShape input = spec.inputShape();
        List<FeatureSpec> sparse =
                spec.features().stream().filter(FeatureSpec.Sparse.class::isInstance).toList();
        dimensions = new int[sparse.size()];
        mean = new boolean[sparse.size()];
        weightTo = new int[sparse.size()];
        int weightAt = input.embeddingWidth();
        for (int f = 0; f < sparse.size(); f++) {
            InputShape.Field field = input.fields().get(f);
            dimensions[f] = field.dimension();
            mean[f] =
                    sparse.get(f) instanceof FeatureSpec.CategoricalList list
                            && list.pooling() == FeatureSpec.Pooling.MEAN;
            weightTo[f] = field.weighted() ? weightAt++ : NONE;
        }
        width = weightAt;
        pooled = new float[width];
    }

    /**
     * Writes [B, width] into {@code out}: the embeddings, feature after feature, then the linear
     * weights of those features that have them.
     */
    void gather(MicroBatch batch, float[] weights, FloatBuffer out) {
        int[] occurrences = batch.occurrences();
        int[] ends = batch.ends();
        int[] weightsAt = batch.weightsAt();
        int from = 0;
        int i = 0;
        for (int b = 0; b < batch.size(); b++) {
            int at = 0;
            for (int f = 0; f < dimensions.length; f++, i++) {
                int dimension = dimensions[f];
                int to = ends[i];
                System.arraycopy(weights, weightsAt[occurrences[from]], pooled, at, dimension);
                for (int occurrence = from + 1; occurrence < to; occurrence++) {
                    int row = weightsAt[occurrences[occurrence]];
                    for (int d = 0; d < dimension; d++) {
                        pooled[at + d] += weights[row + d];
                    }
                }
                if (mean[f] && to - from > 1) {
                    float scale = 1f / (to - from);
                    for (int d = 0; d < dimension; d++) {
                        pooled[at + d] *= scale;
                    }
                }
                if (weightTo[f] != NONE) {
                    float sum = 0;
                    for (int occurrence = from; occurrence < to; occurrence++) {
                        sum += weights[weightsAt[occurrences[occurrence]] + dimension];
                    }
                    pooled[weightTo[f]] = mean[f] ? sum / (to - from) : sum;
                }
                from = to;
                at += dimension;
            }
            out.put(b * width, pooled, 0, width);
        }
    }

    /** Adds the gradient of what {@link #gather} wrote to the gradients of the keys. */
    void scatter(MicroBatch batch, FloatBuffer gradient, float[] gradients) {
        int[] occurrences = batch.occurrences();
        int[] ends = batch.ends();
        int[] weightsAt = batch.weightsAt();
        int from = 0;
        int i = 0;
        for (int b = 0; b < batch.size(); b++) {
            gradient.get(b * width, pooled, 0, width);
            int at = 0;
            for (int f = 0; f < dimensions.length; f++, i++) {
                int dimension = dimensions[f];
                int to = ends[i];
                float scale = mean[f] ? 1f / (to - from) : 1f;
                for (int occurrence = from; occurrence < to; occurrence++) {
                    int row = weightsAt[occurrences[occurrence]];
                    for (int d = 0; d < dimension; d++) {
                        gradients[row + d] += scale * pooled[at + d];
                    }
                    if (weightTo[f] != NONE) {
                        gradients[row + dimension] += scale * pooled[weightTo[f]];
                    }
                }
                from = to;
                at += dimension;
            }
        }
    }

    /** Width of all embeddings and linear weights side by side. */
    int width() {
        return width;
    }
}
