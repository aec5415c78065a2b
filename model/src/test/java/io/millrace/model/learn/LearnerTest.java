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
import io.millrace.model.feature.FeatureSpec.Categorical;
import io.millrace.model.loss.ExampleWeighting;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.ParameterKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LearnerTest {

    private static final ModelSpec DCN =
            TestModel.spec(
                    new DcnV2(2, 0, List.of(40, 30), Structure.STACKED), new Objective.Click());

    private static final ModelSpec DLRM =
            TestModel.spec(
                    new Dlrm(List.of(8), List.of(40, 30), false, true), new Objective.Rating(1, 5));

    /** Learns the exclusive or of two features, which no sum of functions of each can express. */
    @Test
    void usageExample() {
        ModelSpec spec =
                TestModel.spec(
                        List.of(new Categorical("a", "a", 4), new Categorical("b", "b", 4)),
                        new DcnV2(1, 0, List.of(8), Structure.STACKED),
                        new Objective.Click());
        TestParameters parameters = TestParameters.initial(spec);
        Random random = new Random(1);
        try (Learner learner = new Learner(spec, Device.cpu())) {
            for (int round = 0; round < 300; round++) {
                List<Example> examples = new ArrayList<>();
                for (int b = 0; b < 16; b++) {
                    examples.add(xor(random.nextInt(2), random.nextInt(2)));
                }
                MicroBatch batch = MicroBatch.of(examples, parameters.layout(), 1, key -> 0);
                float[] gradients = new float[batch.weightCount()];
                learner.learn(batch, parameters.of(batch), gradients);
                parameters.update(batch, gradients, 0.1);
            }

            List<Example> all = List.of(xor(0, 0), xor(0, 1), xor(1, 0), xor(1, 1));
            MicroBatch batch = MicroBatch.of(all, parameters.layout(), 1, key -> 0);
            float[] predictions = learner.predict(batch, parameters.of(batch));
            for (int b = 0; b < 4; b++) {
                assertThat(predictions[b]).isCloseTo(all.get(b).label(), within(0.05f));
            }
        }
    }

    @Test
    void predictionsAreMadeBeforeLearning() {
        TestParameters parameters = TestParameters.random(DCN);
        MicroBatch batch =
                MicroBatch.of(TestModel.examples(9, 1), parameters.layout(), 1, key -> 0);
        float[] weights = parameters.of(batch);
        float[] before = weights.clone();
        try (Learner learner = new Learner(DCN, Device.cpu())) {
            float[] learned = learner.learn(batch, weights, new float[weights.length]);

            assertThat(learner.predict(batch, weights)).isEqualTo(learned);
            assertThat(weights).isEqualTo(before);
        }
    }

    @Test
    void weighsExamplesByWhatItPredicts() {
        TestParameters parameters = TestParameters.random(DCN);
        List<Example> examples = TestModel.examples(9, 1);
        MicroBatch batch = MicroBatch.of(examples, parameters.layout(), 1, key -> 0);
        float[] weights = parameters.of(batch);
        float[] weighed = new float[weights.length];
        float[] expected = new float[weights.length];
        ExampleWeighting fake = ExampleWeighting.FAKE_NEGATIVES;
        try (Learner learner = new Learner(DCN, Device.cpu(), fake);
                Learner plain = new Learner(DCN, Device.cpu())) {
            float[] predictions = learner.learn(batch, weights, weighed);

            List<Example> weighedBefore = new ArrayList<>();
            for (int b = 0; b < examples.size(); b++) {
                Example example = examples.get(b);
                double weight = fake.of(example.label(), predictions[b]) * example.weight();
                weighedBefore.add(example.labelled(example.label(), (float) weight));
            }
            plain.learn(
                    MicroBatch.of(weighedBefore, parameters.layout(), 1, key -> 0),
                    weights,
                    expected);
        }

        for (int i = 0; i < expected.length; i++) {
            assertThat(weighed[i]).isCloseTo(expected[i], within(1e-5f));
        }
    }

    @Test
    void aLossOfTheWholeBatchCannotBeWeighed() {
        ModelSpec spec = BatchLossTest.SPEC;

        assertThatThrownBy(() -> new Learner(spec, Device.cpu(), ExampleWeighting.FAKE_NEGATIVES))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two-tower is of the whole batch");
    }

    @Test
    void whatTheGradientArrayHeldIsOverwritten() {
        TestParameters parameters = TestParameters.random(DCN);
        MicroBatch batch =
                MicroBatch.of(
                        TestModel.examples(9, 1), parameters.layout(), 2, key -> (int) key & 1);
        float[] weights = parameters.of(batch);
        float[] clean = new float[weights.length];
        float[] used = new float[weights.length];
        Arrays.fill(used, 3);
        try (Learner learner = new Learner(DCN, Device.cpu())) {
            learner.learn(batch, weights, clean);
            learner.learn(batch, weights, used);
        }

        assertThat(used).isEqualTo(clean);
    }

    @Test
    void theOrderOfExamplesDoesNotMatter() {
        List<Example> examples = new ArrayList<>(TestModel.examples(64, 5));
        List<Integer> order = new ArrayList<>();
        for (int b = 0; b < examples.size(); b++) {
            order.add(b);
        }
        Collections.shuffle(order, new Random(2));
        List<Example> shuffled = order.stream().map(examples::get).toList();

        for (ModelSpec spec : List.of(DCN, DLRM)) {
            TestParameters parameters = TestParameters.random(spec);
            try (Learner learner = new Learner(spec, Device.cpu())) {
                MicroBatch batch = MicroBatch.of(examples, parameters.layout(), 1, key -> 0);
                MicroBatch other = MicroBatch.of(shuffled, parameters.layout(), 1, key -> 0);
                float[] predictions = learner.predict(batch, parameters.of(batch));
                float[] others = learner.predict(other, parameters.of(other));

                for (int b = 0; b < others.length; b++) {
                    assertThat(others[b]).isCloseTo(predictions[order.get(b)], within(1e-6f));
                }
            }
        }
    }

    @Test
    void trainingTwiceEndsInTheSameBits() {
        assertThat(train(DCN, 11, 40)).isEqualTo(train(DCN, 11, 40));
        assertThat(train(DLRM, 11, 40)).isEqualTo(train(DLRM, 11, 40));
    }

    @Test
    void learnersInTwoThreadsDoNotDisturbEachOther() throws Exception {
        List<Callable<float[]>> runs = List.of(() -> train(DCN, 1, 150), () -> train(DLRM, 2, 150));
        List<float[]> oneAfterTheOther = new ArrayList<>();
        for (Callable<float[]> run : runs) {
            oneAfterTheOther.add(run.call());
        }

        ExecutorService threads = Executors.newFixedThreadPool(runs.size());
        try {
            List<Future<float[]>> atOnce = threads.invokeAll(runs);
            for (int i = 0; i < runs.size(); i++) {
                assertThat(atOnce.get(i).get()).isEqualTo(oneAfterTheOther.get(i));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aWeightThatIsNotFiniteIsNotLearnedFrom() {
        TestParameters parameters = TestParameters.random(DCN);
        MicroBatch batch =
                MicroBatch.of(TestModel.examples(4, 1), parameters.layout(), 1, key -> 0);
        float[] weights = parameters.of(batch);
        weights[0] = Float.NaN;
        try (Learner learner = new Learner(DCN, Device.cpu())) {
            assertThatThrownBy(() -> learner.learn(batch, weights, new float[weights.length]))
                    .isInstanceOf(DivergedException.class)
                    .hasMessageContaining("logit of example 0")
                    .hasMessageContaining("loss of model test");
            assertThatThrownBy(() -> learner.predict(batch, weights))
                    .isInstanceOf(DivergedException.class);

            weights[0] = 0;
            assertThat(learner.predict(batch, weights)).hasSize(4);
        }
    }

    /** An importance beyond all bounds makes gradients overflow while every logit is finite. */
    @Test
    void aGradientThatIsNotFiniteNamesItsOwner() {
        TestParameters parameters = TestParameters.random(DCN);
        List<Example> examples =
                TestModel.examples(4, 1).stream()
                        .map(example -> example.labelled(example.label(), Float.MAX_VALUE))
                        .toList();
        try (Learner learner = new Learner(DCN, Device.cpu())) {
            MicroBatch sparseFirst = MicroBatch.of(examples, parameters.layout(), 1, key -> 0);
            assertThatThrownBy(() -> learn(learner, sparseFirst, parameters))
                    .isInstanceOf(DivergedException.class)
                    .hasMessageContaining("gradient of feature user");

            MicroBatch denseFirst =
                    MicroBatch.of(
                            examples,
                            parameters.layout(),
                            2,
                            key -> ParameterKey.slot(key) == ParameterKey.DENSE_SLOT ? 0 : 1);
            assertThatThrownBy(() -> learn(learner, denseFirst, parameters))
                    .isInstanceOf(DivergedException.class)
                    .hasMessageContaining("gradient of tensor cross.0.weight");
        }
    }

    /** A linear model of ones, off by one: each gradient is the importance. */
    @Test
    void gradientsWhoseSumOverflowsAreFinite() {
        ModelSpec spec =
                TestModel.spec(
                        List.of(
                                new Categorical("user", "user", 8),
                                TestModel.number("age"),
                                TestModel.number("price")),
                        new DcnV2(0, 0, List.of(), Structure.STACKED),
                        new Objective.Rating(-20, 20));
        TestParameters parameters = TestParameters.initial(spec);
        float importance = 2e38f;
        float logit = 8 + 2 + 1;
        Example example =
                TestModel.example(new long[][] {{ParameterKey.ofValue(1, 100)}}, 1, 1)
                        .labelled(logit - 1, importance);
        MicroBatch batch = MicroBatch.of(List.of(example), parameters.layout(), 1, key -> 0);
        float[] weights = new float[batch.weightCount()];
        Arrays.fill(weights, 1);
        float[] gradients = new float[batch.weightCount()];
        try (Learner learner = new Learner(spec, Device.cpu())) {
            assertThat(learner.learn(batch, weights, gradients)).containsExactly(logit);
        }

        int filled = 8 + parameters.layout().dense().size();
        assertThat(Arrays.copyOf(gradients, filled)).containsOnly(importance);
    }

    @Test
    void arraysThatAreTooSmallAreRefused() {
        TestParameters parameters = TestParameters.random(DCN);
        MicroBatch batch =
                MicroBatch.of(TestModel.examples(4, 1), parameters.layout(), 1, key -> 0);
        float[] weights = parameters.of(batch);
        try (Learner learner = new Learner(DCN, Device.cpu())) {
            assertThatThrownBy(() -> learner.learn(batch, weights, new float[7]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("array of gradients holds 7 floats");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dcn-v2", "dlrm"})
    void thousandsOfBatchesLeaveNothingBehind(String type) throws IOException {
        ModelSpec spec = type.equals("dlrm") ? DLRM : DCN;
        TestParameters parameters = TestParameters.random(spec);
        MicroBatch batch =
                MicroBatch.of(TestModel.examples(512, 1), parameters.layout(), 1, key -> 0);
        float[] weights = parameters.of(batch);
        float[] gradients = new float[weights.length];
        try (Learner learner = new Learner(spec, Device.cpu())) {
            for (int round = 0; round < 200; round++) {
                learner.learn(batch, weights, gradients);
                learner.predict(batch, weights);
            }
            long before = residentBytes();
            for (int round = 0; round < 2000; round++) {
                learner.learn(batch, weights, gradients);
                learner.predict(batch, weights);
            }
            long grown = residentBytes() - before;

            assertThat(learner.manager().getManagedArrays()).isEmpty();
            // Each batch makes more than half a megabyte of tensors, so a leak would be a gigabyte.
            assertThat(grown).isLessThan(300L << 20);
        }
    }

    private static void learn(Learner learner, MicroBatch batch, TestParameters parameters) {
        learner.learn(batch, parameters.of(batch), new float[batch.weightCount()]);
    }

    /** Trains a new model and returns all predictions that it made on the way. */
    private static float[] train(ModelSpec spec, long seed, int batches) {
        TestParameters parameters = TestParameters.initial(spec);
        float[] predictions = new float[batches * 32];
        try (Learner learner = new Learner(spec, Device.cpu())) {
            for (int round = 0; round < batches; round++) {
                MicroBatch batch =
                        MicroBatch.of(
                                TestModel.examples(32, seed + round),
                                parameters.layout(),
                                1,
                                key -> 0);
                float[] gradients = new float[batch.weightCount()];
                float[] made = learner.learn(batch, parameters.of(batch), gradients);
                System.arraycopy(made, 0, predictions, round * 32, 32);
                parameters.update(batch, gradients, 0.05);
            }
        }
        return predictions;
    }

    private static Example xor(int a, int b) {
        long[][] keys = {{ParameterKey.ofValue(1, 100 + a)}, {ParameterKey.ofValue(2, 100 + b)}};
        return TestModel.example(keys).labelled(a ^ b, 1);
    }

    private static long residentBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                .findFirst()
                .orElseThrow();
    }
}
