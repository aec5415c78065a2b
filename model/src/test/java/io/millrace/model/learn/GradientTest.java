package io.millrace.model.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.Architecture;
import io.millrace.model.architecture.DcnV2;
import io.millrace.model.architecture.DcnV2.Structure;
import io.millrace.model.architecture.Dlrm;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.feature.FeatureSpec.Categorical;
import io.millrace.model.loss.Loss;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.DenseLayout;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Predictions and the gradient of every weight against {@link ReferenceNetwork} and its central
 * differences, in double precision.
 */
final class GradientTest {

    private static final double STEP = 1e-6;

    static Stream<Arguments> models() {
        List<Architecture> architectures =
                List.of(
                        new DcnV2(2, 0, List.of(5, 4), Structure.STACKED),
                        new DcnV2(2, 2, List.of(5, 4), Structure.STACKED),
                        new DcnV2(2, 0, List.of(5, 4), Structure.PARALLEL),
                        new DcnV2(2, 2, List.of(5, 4), Structure.PARALLEL),
                        new DcnV2(1, 0, List.of(), Structure.STACKED),
                        new DcnV2(1, 0, List.of(), Structure.PARALLEL),
                        new DcnV2(0, 0, List.of(40, 30), Structure.STACKED),
                        new Dlrm(List.of(4), List.of(6, 5), false, true),
                        new Dlrm(List.of(), List.of(6), true, false));
        List<Objective> objectives = List.of(new Objective.Click(), new Objective.Rating(-1, 2));
        List<FeatureSpec> sparse =
                TestModel.FEATURES.stream().filter(FeatureSpec.Sparse.class::isInstance).toList();
        List<FeatureSpec> dense =
                TestModel.FEATURES.stream().filter(FeatureSpec.Dense.class::isInstance).toList();

        List<Arguments> models = new ArrayList<>();
        for (Objective objective : objectives) {
            for (Architecture architecture : architectures) {
                models.add(Arguments.of(TestModel.spec(architecture, objective)));
            }
            Dlrm dlrm = new Dlrm(List.of(4), List.of(6), false, true);
            models.add(Arguments.of(TestModel.spec(sparse, dlrm, objective)));
            DcnV2 dcn = new DcnV2(1, 0, List.of(4), Structure.STACKED);
            models.add(Arguments.of(TestModel.spec(sparse, dcn, objective)));
            models.add(Arguments.of(TestModel.spec(dense, dcn, objective)));
            models.add(Arguments.of(ofWholeBlocks(objective)));
        }
        return models.stream();
    }

    @ParameterizedTest
    @MethodSource("models")
    void predictionsAndGradientsAreTheFormulas(ModelSpec spec) {
        List<Example> examples = TestModel.examplesFor(spec, 8, 3);
        TestParameters parameters = TestParameters.random(spec);
        MicroBatch batch =
                MicroBatch.of(
                        examples, parameters.layout(), 3, key -> Math.floorMod(key * 37 / 5, 3));
        float[] weights = parameters.of(batch);
        float[] gradients = new float[weights.length];
        float[] predictions;
        try (Learner learner = new Learner(spec, Device.cpu())) {
            predictions = learner.learn(batch, weights, gradients);
        }

        Map<Long, double[]> rows = new HashMap<>();
        for (long key : batch.keys()) {
            rows.put(key, toDoubles(parameters.row(key)));
        }
        double[] dense = toDoubles(parameters.dense());
        ReferenceNetwork reference = new ReferenceNetwork(spec, rows, dense);
        Loss loss = Loss.of(spec.objective());
        for (int b = 0; b < examples.size(); b++) {
            assertThat(predictions[b])
                    .isCloseTo(
                            loss.prediction((float) reference.logit(examples.get(b))),
                            within(1e-5f));
        }

        int sizeable = 0;
        int compared = 0;
        for (int i = 0; i < batch.keys().length; i++) {
            long key = batch.keys()[i];
            boolean isDense = ParameterKey.slot(key) == ParameterKey.DENSE_SLOT;
            double[] row = isDense ? dense : Objects.requireNonNull(rows.get(key));
            int from = isDense ? (int) ParameterKey.hash(key) * DenseLayout.BLOCK : 0;
            int width = parameters.layout().width(key);
            for (int d = 0; d < width; d++) {
                float gradient = gradients[batch.weightsAt()[i] + d];
                if (from + d >= row.length) {
                    assertThat(gradient).as("padding").isZero();
                    continue;
                }
                double expected = difference(row, from + d, examples, reference, loss);
                assertThat((double) gradient)
                        .as("key %x, weight %d", key, d)
                        .isCloseTo(expected, within(2e-5 + 1e-4 * Math.abs(expected)));
                compared++;
                sizeable += Math.abs(expected) > 1e-3 ? 1 : 0;
            }
        }
        assertThat(sizeable).as("of %d compared", compared).isGreaterThan(compared / 4);
    }

    /** A linear model of 2,047 inputs and a bias: two blocks without padding. */
    private static ModelSpec ofWholeBlocks(Objective objective) {
        List<FeatureSpec> features = new ArrayList<>(TestModel.FEATURES);
        int others = 2 * TestModel.DIMENSION + 2;
        features.set(0, new Categorical("user", "user", 2 * DenseLayout.BLOCK - 1 - others));
        DcnV2 linear = new DcnV2(0, 0, List.of(), Structure.STACKED);
        ModelSpec spec = TestModel.spec(features, linear, objective);
        assertThat(new ParameterLayout(spec).dense().size()).isEqualTo(2 * DenseLayout.BLOCK);
        return spec;
    }

    private static double difference(
            double[] row, int at, List<Example> examples, ReferenceNetwork reference, Loss loss) {
        double before = row[at];
        row[at] = before + STEP;
        double above = total(examples, reference, loss);
        row[at] = before - STEP;
        double below = total(examples, reference, loss);
        row[at] = before;
        return (above - below) / (2 * STEP);
    }

    private static double total(List<Example> examples, ReferenceNetwork reference, Loss loss) {
        double total = 0;
        for (Example example : examples) {
            total += example.weight() * loss.loss(reference.logit(example), example.label());
        }
        return total;
    }

    private static double[] toDoubles(float[] floats) {
        double[] doubles = new double[floats.length];
        for (int i = 0; i < floats.length; i++) {
            doubles[i] = floats[i];
        }
        return doubles;
    }
}
