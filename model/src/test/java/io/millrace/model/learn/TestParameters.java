package io.millrace.model.learn;

import io.millrace.model.ModelSpec;
import io.millrace.model.parameter.DenseLayout;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** Parameter rows in a map, with AdaGrad. */
final class TestParameters {

    private final ParameterLayout layout;
    private final Map<Long, float[]> rows = new HashMap<>();
    private final Map<Long, double[]> squares = new HashMap<>();
    private final boolean random;

    private TestParameters(ParameterLayout layout, boolean random) {
        this.layout = layout;
        this.random = random;
    }

    /** Rows as a new model has them. */
    static TestParameters initial(ModelSpec spec) {
        return new TestParameters(new ParameterLayout(spec), false);
    }

    /** Rows far from zero, so that every term of a formula counts. */
    static TestParameters random(ModelSpec spec) {
        return new TestParameters(new ParameterLayout(spec), true);
    }

    ParameterLayout layout() {
        return layout;
    }

    float[] row(long key) {
        return rows.computeIfAbsent(key, this::newRow);
    }

    /** The weights of all keys of a batch, end to end. */
    float[] of(MicroBatch batch) {
        float[] weights = new float[batch.weightCount()];
        for (int i = 0; i < batch.keys().length; i++) {
            float[] row = row(batch.keys()[i]);
            System.arraycopy(row, 0, weights, batch.weightsAt()[i], row.length);
        }
        return weights;
    }

    /** The dense vector without padding. */
    float[] dense() {
        float[] dense = new float[layout.dense().blocks() * DenseLayout.BLOCK];
        for (int block = 0; block < layout.dense().blocks(); block++) {
            float[] row = row(ParameterKey.ofDenseBlock(block));
            System.arraycopy(row, 0, dense, block * DenseLayout.BLOCK, row.length);
        }
        return Arrays.copyOf(dense, layout.dense().size());
    }

    /** One AdaGrad step: w -= rate g / sqrt(sum of g squared). */
    void update(MicroBatch batch, float[] gradients, double rate) {
        for (int i = 0; i < batch.keys().length; i++) {
            float[] row = row(batch.keys()[i]);
            double[] sums = squares.computeIfAbsent(batch.keys()[i], key -> new double[row.length]);
            for (int d = 0; d < row.length; d++) {
                double gradient = gradients[batch.weightsAt()[i] + d];
                sums[d] += gradient * gradient;
                row[d] -= (float) (rate * gradient / (Math.sqrt(sums[d]) + 1e-8));
            }
        }
    }

    private float[] newRow(long key) {
        float[] row = new float[layout.width(key)];
        if (random) {
            Random generator = new Random(key * 31 + 5);
            for (int d = 0; d < row.length; d++) {
                row[d] = generator.nextFloat() * 1.6f - 0.8f;
            }
        } else {
            layout.initialize(key, row, 0);
        }
        return row;
    }
}
