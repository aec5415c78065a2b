package io.millrace.model.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.DcnV2;
import io.millrace.model.architecture.DcnV2.Structure;
import io.millrace.model.architecture.Dlrm;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.loss.Objective;
import it.unimi.dsi.fastutil.longs.LongList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PredictorTest {

    private static final ModelSpec DCN =
            TestModel.spec(
                    new DcnV2(2, 2, List.of(40, 30), Structure.PARALLEL), new Objective.Click());

    private static final ModelSpec DLRM =
            TestModel.spec(
                    new Dlrm(List.of(8), List.of(40, 30), true, true), new Objective.Rating(1, 5));

    @Test
    void usageExample() {
        TestParameters parameters = TestParameters.random(DCN);
        try (Predictor predictor = new Predictor(DCN, Device.cpu())) {
            predictor.load(parameters.dense());

            float[] probabilities = predictor.predict(TestModel.examples(5, 1), lookup(parameters));

            assertThat(probabilities).hasSize(5);
        }
    }

    @Test
    void agreesWithTheLearner() {
        for (ModelSpec spec :
                List.of(
                        DCN,
                        DLRM,
                        of(DCN, FeatureSpec.Sparse.class),
                        of(DLRM, FeatureSpec.Sparse.class),
                        of(DCN, FeatureSpec.Dense.class))) {
            TestParameters parameters = TestParameters.random(spec);
            List<Example> examples = TestModel.examplesFor(spec, 50, 4);
            MicroBatch batch =
                    MicroBatch.of(examples, parameters.layout(), 3, key -> (int) (key % 3));
            try (Learner learner = new Learner(spec, Device.cpu());
                    Predictor predictor = new Predictor(spec, Device.cpu())) {
                predictor.load(parameters.dense());
                float[] learned = learner.predict(batch, parameters.of(batch));
                float[] together = predictor.predict(examples, lookup(parameters));

                for (int b = 0; b < examples.size(); b++) {
                    float alone =
                            predictor.predict(examples.subList(b, b + 1), lookup(parameters))[0];
                    assertThat(together[b]).isCloseTo(learned[b], within(1e-6f));
                    assertThat(alone).isCloseTo(learned[b], within(1e-6f));
                }
            }
        }
    }

    @Test
    void valuesThatExamplesShareAreLookedUpOnce() {
        TestParameters parameters = TestParameters.random(DCN);
        List<Long> asked = new ArrayList<>();
        Example example = TestModel.examples(1, 1).get(0);
        try (Predictor predictor = new Predictor(DCN, Device.cpu())) {
            predictor.load(parameters.dense());
            predictor.predict(
                    Collections.nCopies(20, example),
                    (key, weights, at) -> {
                        asked.add(key);
                        lookup(parameters).write(key, weights, at);
                    });
        }

        assertThat(example.ends()).as("lists").isNotEqualTo(new int[] {1, 2, 3});
        assertThat(asked).isEqualTo(LongList.of(example.keys()));
    }

    @Test
    void newDenseWeightsReplaceTheOldOnes() {
        TestParameters parameters = TestParameters.random(DCN);
        List<Example> examples = TestModel.examples(5, 1);
        try (Predictor predictor = new Predictor(DCN, Device.cpu())) {
            predictor.load(parameters.dense());
            float[] first = predictor.predict(examples, lookup(parameters));
            predictor.load(new float[parameters.layout().dense().size()]);
            float[] zeros = predictor.predict(examples, lookup(parameters));
            predictor.load(parameters.dense());
            float[] again = predictor.predict(examples, lookup(parameters));

            assertThat(zeros).containsOnly(0.5f);
            assertThat(again).isEqualTo(first);
        }
    }

    @Test
    void loadingAndPredictingLeavesNothingBehind() {
        TestParameters parameters = TestParameters.random(DLRM);
        List<Example> examples = TestModel.examples(5, 1);
        try (Predictor predictor = new Predictor(DLRM, Device.cpu())) {
            predictor.load(parameters.dense());
            predictor.predict(examples, lookup(parameters));
            int held = predictor.heldArrays();
            for (int round = 0; round < 1000; round++) {
                predictor.load(parameters.dense());
                predictor.predict(examples, lookup(parameters));
                predictor.predict(examples, lookup(parameters));
            }

            assertThat(predictor.heldArrays()).isEqualTo(held);
        }
    }

    @Test
    void noExamplesNoPredictions() {
        TestParameters parameters = TestParameters.random(DCN);
        try (Predictor predictor = new Predictor(DCN, Device.cpu())) {
            predictor.load(parameters.dense());

            assertThat(predictor.predict(List.of(), lookup(parameters))).isEmpty();
        }
    }

    @Test
    void denseWeightsMustBeLoadedAndComplete() {
        TestParameters parameters = TestParameters.random(DCN);
        try (Predictor predictor = new Predictor(DCN, Device.cpu())) {
            assertThatThrownBy(
                            () -> predictor.predict(TestModel.examples(1, 1), lookup(parameters)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("load the dense weights");
            assertThatThrownBy(() -> predictor.load(new float[3]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("holds 3 weights");
        }
    }

    /** The same model with features of one kind only. */
    private static ModelSpec of(ModelSpec spec, Class<? extends FeatureSpec> kind) {
        return TestModel.spec(
                TestModel.FEATURES.stream().filter(kind::isInstance).toList(),
                spec.architecture(),
                spec.objective());
    }

    private static WeightLookup lookup(TestParameters parameters) {
        return (key, weights, at) -> {
            float[] row = parameters.row(key);
            System.arraycopy(row, 0, weights, at, row.length);
        };
    }
}
