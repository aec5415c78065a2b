package io.millrace.model.learn;

import io.millrace.model.feature.FeatureSpec;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * The way from parameter rows to the network's input and back: the embeddings of a feature's keys
 * become one by sum or mean, and its gradient goes to each of those keys.
 */
final class EmbeddingPooling {

    private final int[] dimensions;
    private final boolean[] mean;
    private final int width;

    /** The embeddings of one example, on their way to or from native memory. */
    private final float[] pooled;

    EmbeddingPooling(List<FeatureSpec> features) {
        List<FeatureSpec.Sparse> sparse =
                features.stream()
                        .filter(FeatureSpec.Sparse.class::isInstance)
                        .map(FeatureSpec.Sparse.class::cast)
                        .toList();
        dimensions = new int[sparse.size()];
        mean = new boolean[sparse.size()];
        int sum = 0;
        for (int f = 0; f < sparse.size(); f++) {
            dimensions[f] = sparse.get(f).dimension();
            mean[f] =
                    sparse.get(f) instanceof FeatureSpec.CategoricalList list
                            && list.pooling() == FeatureSpec.Pooling.MEAN;
            sum += dimensions[f];
        }
        width = sum;
        pooled = new float[width];
    }

    /** Writes [B, embedding width], feature after feature, into {@code out}. */
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
                }
                from = to;
                at += dimension;
            }
        }
    }

    /** Width of all embeddings side by side. */
    int width() {
        return width;
    }
}
