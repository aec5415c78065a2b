package io.millrace.model.learn;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.Architecture;
import io.millrace.model.architecture.InputShape;
import io.millrace.model.architecture.Inputs;
import io.millrace.model.architecture.LogisticRegression;
import io.millrace.model.architecture.TensorSpec;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.feature.FeatureSpec.Categorical;
import io.millrace.model.feature.FeatureSpec.CategoricalList;
import io.millrace.model.feature.FeatureSpec.Pooling;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Linear weights on their way from rows to the network's input, and their gradients back. */
final class LinearWeightTest {

    private static final Offset<Float> CLOSE = Offset.offset(1e-6f);

    private static final List<FeatureSpec> FEATURES =
            List.of(
                    new Categorical("one", "one", 2),
                    new CategoricalList("sum", "sum", 1, Pooling.SUM, 10),
                    new CategoricalList("plain", "plain", 1, Pooling.MEAN, 10),
                    new CategoricalList("mean", "mean", 2, Pooling.MEAN, 10),
                    new CategoricalList("linear", "linear", 3, Pooling.MEAN, 10));

    /** An example with one value everywhere, then one with several, some of them twice. */
    private static final List<Example> EXAMPLES =
            List.of(
                    TestModel.example(
                            new long[][] {
                                {key(1, 1)}, {key(2, 1)}, {key(3, 1)}, {key(4, 1)}, {key(5, 1)}
                            }),
                    TestModel.example(
                            new long[][] {
                                {key(1, 2)},
                                {key(2, 1), key(2, 2), key(2, 2)},
                                {key(3, 1), key(3, 2)},
                                {key(4, 1), key(4, 2), key(4, 2), key(4, 3)},
                                {key(5, 2), key(5, 1)}
                            }));

    /** By slot and value: the embedding, then the linear weight where there is one. */
    private static final float[][][] ROWS = {
        {{1, 2, 10}, {3, 4, 20}},
        {{5, 30}, {7, 40}},
        {{9}, {11}},
        {{1, 2, 100}, {3, 6, 200}, {5, 10, 400}},
        {{0.5f}, {1.5f}},
    };

    @Test
    void weightsStandBehindAllEmbeddingsPooledAsTheirs() {
        ModelSpec spec = TestModel.spec(FEATURES, new Some(), new Objective.Click());
        MicroBatch batch = batch(spec);
        EmbeddingPooling pooling = new EmbeddingPooling(spec);
        FloatBuffer out = FloatBuffer.allocate(2 * pooling.width());

        pooling.gather(batch, weights(batch), out);

        assertThat(pooling.width()).isEqualTo(10);
        assertThat(Arrays.copyOf(out.array(), 10))
                .containsExactly(new float[] {1, 2, 5, 9, 1, 2, 10, 30, 100, 0.5f}, CLOSE);
        assertThat(Arrays.copyOfRange(out.array(), 10, 20))
                .containsExactly(new float[] {3, 4, 19, 10, 3, 6, 20, 110, 225, 1}, CLOSE);
    }

    @Test
    void gradientsGoBackToEveryOccurrence() {
        ModelSpec spec = TestModel.spec(FEATURES, new Some(), new Objective.Click());
        MicroBatch batch = batch(spec);
        float[] gradients = new float[batch.weightCount()];
        float[] outer = {
            1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0.1f, 0.2f, 0.3f, 0.4f, 0.8f, 1.2f, 0.7f, 0.5f, 1.6f, 3
        };

        new EmbeddingPooling(spec).scatter(batch, FloatBuffer.wrap(outer), gradients);

        assertGradient(batch, gradients, key(1, 1), 1, 2, 7);
        assertGradient(batch, gradients, key(1, 2), 0.1f, 0.2f, 0.7f);
        assertGradient(batch, gradients, key(2, 1), 3.3f, 8.5f);
        assertGradient(batch, gradients, key(2, 2), 0.6f, 1);
        assertGradient(batch, gradients, key(3, 1), 4.2f);
        assertGradient(batch, gradients, key(3, 2), 0.2f);
        assertGradient(batch, gradients, key(4, 1), 5.2f, 6.3f, 9.4f);
        assertGradient(batch, gradients, key(4, 2), 0.4f, 0.6f, 0.8f);
        assertGradient(batch, gradients, key(4, 3), 0.2f, 0.3f, 0.4f);
        assertGradient(batch, gradients, key(5, 1), 11.5f);
        assertGradient(batch, gradients, key(5, 2), 1.5f);
    }

    /** Of a model without any embedding: the bias follows the sum of the error, each weight its. */
    @Test
    void aModelOfWeightsOnlyLearns() {
        ModelSpec spec =
                TestModel.spec(
                        List.of(
                                new Categorical("one", "one", 2),
                                new CategoricalList("mean", "mean", 2, Pooling.MEAN, 10)),
                        new LogisticRegression(),
                        new Objective.Click());
        Example first = TestModel.example(new long[][] {{key(1, 1)}, {key(2, 1)}}).labelled(1, 1);
        Example second =
                TestModel.example(new long[][] {{key(1, 1)}, {key(2, 1), key(2, 2)}})
                        .labelled(0, 1);
        MicroBatch batch =
                MicroBatch.of(List.of(first, second), new ParameterLayout(spec), 1, key -> 0);
        float[] gradients = new float[batch.weightCount()];
        float[] predictions;
        try (Learner learner = new Learner(spec, Device.cpu())) {
            predictions = learner.learn(batch, new float[batch.weightCount()], gradients);
        }

        assertThat(predictions).containsExactly(0.5f, 0.5f);
        assertGradient(batch, gradients, key(1, 1), 0);
        assertGradient(batch, gradients, key(2, 1), -0.25f);
        assertGradient(batch, gradients, key(2, 2), 0.25f);
        assertThat(gradients[batch.weightsAt()[indexOf(batch, ParameterKey.ofDenseBlock(0))]])
                .isCloseTo(0, CLOSE);
    }

    private static MicroBatch batch(ModelSpec spec) {
        return MicroBatch.of(EXAMPLES, new ParameterLayout(spec), 1, key -> 0);
    }

    private static float[] weights(MicroBatch batch) {
        float[] weights = new float[batch.weightCount()];
        for (int i = 0; i < batch.keys().length; i++) {
            long key = batch.keys()[i];
            float[] row =
                    ROWS[ParameterKey.slot(key) - 1][(int) (ParameterKey.hash(key) - 100) - 1];
            assertThat(batch.weightsAt()[i + 1] - batch.weightsAt()[i]).isEqualTo(row.length);
            System.arraycopy(row, 0, weights, batch.weightsAt()[i], row.length);
        }
        return weights;
    }

    private static void assertGradient(
            MicroBatch batch, float[] gradients, long key, float... expected) {
        int at = batch.weightsAt()[indexOf(batch, key)];
        assertThat(Arrays.copyOfRange(gradients, at, at + expected.length))
                .as("slot %d, value %d", ParameterKey.slot(key), ParameterKey.hash(key) - 100)
                .containsExactly(expected, CLOSE);
    }

    private static int indexOf(MicroBatch batch, long key) {
        for (int i = 0; i < batch.keys().length; i++) {
            if (batch.keys()[i] == key) {
                return i;
            }
        }
        throw new AssertionError("no key " + key);
    }

    private static long key(int slot, int value) {
        return ParameterKey.ofValue(slot, 100 + value);
    }

    /** Weights for all features but "plain", embeddings for all but "linear". */
    private record Some() implements Architecture {

        @Override
        public String type() {
            return "some";
        }

        @Override
        public InputShape.Field field(InputShape.Field declared) {
            return switch (declared.name()) {
                case "plain" -> declared;
                case "linear" -> declared.withoutEmbedding().withWeight();
                default -> declared.withWeight();
            };
        }

        @Override
        public List<TensorSpec> tensors(InputShape input) {
            return List.of();
        }

        @Override
        public NDArray logits(Inputs inputs, NDList tensors) {
            throw new UnsupportedOperationException("This is no network.");
        }
    }
}
