package io.millrace.model.learn;

import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.InputShape;
import io.millrace.model.feature.FeatureSpec;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * The way from parameter rows to the network's input and back: the embeddings of a feature's keys
 * become one by sum or mean, and its gradient goes to each of those keys. An example's numbers
 * stand beside its embeddings where the network takes both as one.
 */
final class EmbeddingPooling {

    /** Stands for the place of a linear weight that a feature does not have. */
    private static final int NONE = -1;

    private final int[] dimensions;
    private final boolean[] mean;

    /** By feature, where its embedding goes; one more entry for their end. */
    private final int[] columns;

    /** By feature, where the linear weights from it on go; one more entry for their end. */
    private final int[] weightColumns;

    /** By feature, where its linear weight goes. */
    private final int[] weightTo;

    private final int width;

    /** How many numbers stand behind the embeddings; 0 where the network takes them apart. */
    private final int numbers;

    /** What the network takes of one example, on their way to or from native memory. */
    private final float[] pooled;

    EmbeddingPooling(ModelSpec spec) {
        InputShape input = spec.inputShape();
        List<FeatureSpec> sparse =
                spec.features().stream().filter(FeatureSpec.Sparse.class::isInstance).toList();
        dimensions = new int[sparse.size()];
        mean = new boolean[sparse.size()];
        weightTo = new int[sparse.size()];
        columns = new int[sparse.size() + 1];
        weightColumns = new int[sparse.size() + 1];
        int weightAt = input.embeddingWidth();
        for (int f = 0; f < sparse.size(); f++) {
            InputShape.Field field = input.fields().get(f);
            dimensions[f] = field.dimension();
            mean[f] =
                    sparse.get(f) instanceof FeatureSpec.CategoricalList list
                            && list.pooling() == FeatureSpec.Pooling.MEAN;
            columns[f + 1] = columns[f] + dimensions[f];
            weightColumns[f] = weightAt;
            weightTo[f] = field.weighted() ? weightAt++ : NONE;
        }
        weightColumns[sparse.size()] = weightAt;
        boolean isOne = spec.architecture().takesSideBySide() && input.weights() == 0;
        numbers = isOne ? input.numeric() : 0;
        width = weightAt + numbers;
        pooled = new float[width];
    }

    /**
     * Writes [B, width] into {@code out}: the embeddings, feature after feature, then the linear
     * weights of those features that have them, or the numbers that stand beside them.
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
            writeNumbers(batch.numeric(), b, pooled, 0);
            out.put(b * width, pooled, 0, width);
        }
    }

    /**
     * Pools one feature of one example, whose rows lie end to end behind the examples.
     *
     * @param rows where they begin
     * @param count how many they are, at least one
     * @param values the rows, and what the network takes
     * @param at where the example begins
     */
    void pool(int feature, int rows, int count, float[] values, int at) {
        int dimension = dimensions[feature];
        int rowWidth = rowWidth(feature);
        int to = at + columns[feature];
        int end = rows + count * rowWidth;
        System.arraycopy(values, rows, values, to, dimension);
        for (int row = rows + rowWidth; row < end; row += rowWidth) {
            for (int d = 0; d < dimension; d++) {
                values[to + d] += values[row + d];
            }
        }
        if (mean[feature] && count > 1) {
            float scale = 1f / count;
            for (int d = 0; d < dimension; d++) {
                values[to + d] *= scale;
            }
        }
        if (weightTo[feature] != NONE) {
            float sum = 0;
            for (int row = rows; row < end; row += rowWidth) {
                sum += values[row + dimension];
            }
            values[at + weightTo[feature]] = mean[feature] ? sum / count : sum;
        }
    }

    /** Copies what was pooled of features {@code from} to {@code to} to another example. */
    void copy(float[] values, int source, int target, int from, int to) {
        System.arraycopy(
                values,
                source + columns[from],
                values,
                target + columns[from],
                columns[to] - columns[from]);
        int weights = weightColumns[to] - weightColumns[from];
        if (weights > 0) {
            System.arraycopy(
                    values,
                    source + weightColumns[from],
                    values,
                    target + weightColumns[from],
                    weights);
        }
    }

    /**
     * Writes the numbers of an example that stand beside its embeddings, if they do.
     *
     * @param numeric [B, N]
     * @param at where the example begins
     */
    void writeNumbers(float[] numeric, int example, float[] values, int at) {
        System.arraycopy(numeric, example * numbers, values, at + width - numbers, numbers);
    }

    /** Whether a single row of a feature is, as it is, what the network takes. */
    boolean isRowAlone(int feature) {
        return weightTo[feature] == NONE;
    }

    /** Where a feature's embedding goes in an example. */
    int column(int feature) {
        return columns[feature];
    }

    /** Weights of one row of a feature. */
    int rowWidth(int feature) {
        return dimensions[feature] + (weightTo[feature] == NONE ? 0 : 1);
    }

    /** F. */
    int features() {
        return dimensions.length;
    }

    /** Adds the gradient of what {@link #gather} wrote of rows to the gradients of the keys. */
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

    /** Width of all embeddings, and linear weights or numbers, side by side. */
    int width() {
        return width;
    }

    /** Whether an example has numbers that stand beside its embeddings. */
    boolean hasNumbers() {
        return numbers > 0;
    }
}
