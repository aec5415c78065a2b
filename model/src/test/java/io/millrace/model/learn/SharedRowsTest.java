package io.millrace.model.learn;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.DcnV2;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.feature.FeatureSpec.Categorical;
import io.millrace.model.feature.FeatureSpec.CategoricalList;
import io.millrace.model.feature.FeatureSpec.Numeric;
import io.millrace.model.feature.FeatureSpec.Pooling;
import io.millrace.model.feature.Vocabulary;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.Moments;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.parameter.Standing;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A resolved batch against one of examples that have the shared keys in place of their own. */
class SharedRowsTest {

    private static final Vocabulary TWICE = new Vocabulary(2, null);

    private static final ModelSpec SPEC = spec(TWICE, true);

    /** Of the same rows, by which the other batch is made. */
    private static final ModelSpec OPEN = spec(Vocabulary.OPEN, false);

    @Test
    void learnsAsIfValuesWereTheRowsThatStandForThem() {
        List<Example> examples = TestModel.examples(40, 3);
        examples.get(3).numeric()[0] = Float.NaN;
        ParameterLayout layout = new ParameterLayout(SPEC);
        MicroBatch batch = MicroBatch.of(examples, layout, 3, key -> (int) (key % 3));
        byte[] standings = standings(batch);
        TestParameters parameters = TestParameters.random(SPEC);
        float[] moments = parameters.row(ParameterKey.ofMoments(4));
        moments[0] = 0.3f;
        moments[1] = 4;
        MicroBatch resolved = batch.resolve(standings, parameters.of(batch));

        Map<Long, Byte> standingOfKey = new HashMap<>();
        for (int i = 0; i < standings.length; i++) {
            standingOfKey.put(batch.keys()[i], standings[i]);
        }
        List<Example> replaced =
                examples.stream().map(example -> replaced(example, standingOfKey)).toList();
        MicroBatch other = MicroBatch.of(replaced, new ParameterLayout(OPEN), 1, key -> 0);

        float[] gradients = new float[batch.weightCount()];
        float[] otherGradients = new float[other.weightCount()];
        float[] predictions;
        float[] otherPredictions;
        try (Learner learner = new Learner(SPEC, Device.cpu());
                Learner otherLearner = new Learner(OPEN, Device.cpu())) {
            predictions = learner.learn(resolved, parameters.of(batch), gradients);
            otherPredictions = otherLearner.learn(other, parameters.of(other), otherGradients);
        }

        assertThat(predictions).isEqualTo(otherPredictions);
        int shared = 0;
        for (int i = 0; i < batch.keys().length; i++) {
            long key = batch.keys()[i];
            int there = indexOf(other, key);
            if (standings[i] != Standing.OWN) {
                assertThat(resolved.examplesByKey()[i]).isEqualTo(-batch.examplesByKey()[i]);
            } else if (there >= 0) {
                assertThat(resolved.examplesByKey()[i]).isEqualTo(other.examplesByKey()[there]);
                assertThat(gradient(batch, gradients, i))
                        .isEqualTo(gradient(other, otherGradients, there));
                shared += ParameterKey.slot(key) > 0 && !ParameterKey.isValue(key) ? 1 : 0;
            }
        }
        assertThat(shared).as("rows that several values learned").isEqualTo(4);
    }

    @Test
    void measuresTheNumbersThatAreThere() {
        List<Example> examples = TestModel.examples(5, 3);
        float[] values = {1, Float.NaN, 3, 8, Float.NaN};
        for (int b = 0; b < values.length; b++) {
            examples.get(b).numeric()[0] = values[b];
        }
        MicroBatch batch = MicroBatch.of(examples, new ParameterLayout(SPEC), 1, key -> 0);
        float[] weights = new float[batch.weightCount()];
        int moments = indexOf(batch, ParameterKey.ofMoments(4));
        weights[batch.weightsAt()[moments]] = 2;
        weights[batch.weightsAt()[moments] + 1] = 4;

        MicroBatch resolved = batch.resolve(new byte[batch.keys().length], weights);
        float[] gradients = new float[batch.weightCount()];
        resolved.writeMoments(gradients);

        assertThat(resolved.examplesByKey()[moments]).isEqualTo(3);
        assertThat(gradient(batch, gradients, moments)).containsExactly(4, 26f / 3);
        for (int b = 0; b < values.length; b++) {
            float expected = Float.isNaN(values[b]) ? 0 : (values[b] - 2) / 2;
            assertThat(resolved.numeric()[2 * b]).isEqualTo(expected);
            assertThat(resolved.numeric()[2 * b + 1]).isEqualTo(batch.numeric()[2 * b + 1]);
        }
    }

    @Test
    void aBatchWithoutEitherIsItself() {
        ParameterLayout open = new ParameterLayout(OPEN);
        MicroBatch batch = MicroBatch.of(TestModel.examples(5, 3), open, 1, key -> 0);

        assertThat(batch.resolve(new byte[0], new float[0])).isSameAs(batch);
    }

    /** Every third value is rare, every third unseen. */
    private static byte[] standings(MicroBatch batch) {
        byte[] standings = new byte[batch.keys().length];
        for (int i = 0; i < standings.length; i++) {
            long key = batch.keys()[i];
            int slot = ParameterKey.slot(key);
            if ((slot == 1 || slot == 3) && ParameterKey.isValue(key)) {
                standings[i] = (byte) (ParameterKey.hash(key) % 3);
            }
        }
        return standings;
    }

    private static Example replaced(Example example, Map<Long, Byte> standings) {
        long[] keys =
                Arrays.stream(example.keys())
                        .map(
                                key -> {
                                    int slot = ParameterKey.slot(key);
                                    return switch (standings.get(key)) {
                                        case Standing.UNSEEN -> ParameterKey.ofUnseen(slot);
                                        case Standing.RARE -> ParameterKey.ofRare(slot);
                                        default -> key;
                                    };
                                })
                        .toArray();
        float[] numbers = example.numeric().clone();
        numbers[0] = Moments.standardize(numbers[0], 0.3f, 4);
        return new Example(keys, example.ends(), numbers, example.label(), example.weight(), 0);
    }

    private static int indexOf(MicroBatch batch, long key) {
        for (int i = 0; i < batch.keys().length; i++) {
            if (batch.keys()[i] == key) {
                return i;
            }
        }
        return -1;
    }

    private static float[] gradient(MicroBatch batch, float[] gradients, int key) {
        int[] at = batch.weightsAt();
        return Arrays.copyOfRange(gradients, at[key], at[key + 1]);
    }

    private static ModelSpec spec(Vocabulary vocabulary, boolean running) {
        List<FeatureSpec> features =
                List.of(
                        new Categorical("user", "user", 3, vocabulary),
                        new Numeric("age", "age", false, -1e9, 1e9, 0, 1, running),
                        new CategoricalList("genres", "genres", 3, Pooling.MEAN, 10),
                        new CategoricalList("tags", "tags", 3, Pooling.SUM, 10, vocabulary),
                        TestModel.number("price"));
        return TestModel.spec(
                features,
                new DcnV2(1, 0, List.of(4), DcnV2.Structure.STACKED),
                new Objective.Click());
    }
}
