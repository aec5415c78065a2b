package io.millrace.model.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.BatchItems;
import io.millrace.model.architecture.TwoTower;
import io.millrace.model.architecture.TwoTower.LossType;
import io.millrace.model.architecture.TwoTower.Similarity;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureSpec.Categorical;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.ParameterKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The in-batch softmax of {@link TwoTower} in a learner. */
final class BatchLossTest {

    /** How often each item is chosen by everyone: the first by most, the last by few. */
    private static final double[] CHOICE = {
        0.4, 0.15, 0.1, 0.08, 0.07, 0.06, 0.05, 0.04, 0.03, 0.02
    };

    static final ModelSpec SPEC = spec(LossType.BATCH_SOFTMAX);

    /**
     * The softmax of the scores of all items becomes the probability to be chosen; a batch of three
     * has popular items far more often than others as negatives, which must not count.
     */
    @Test
    void usageExample() {
        TestParameters parameters = TestParameters.initial(SPEC);
        Map<Long, Long> examples = new HashMap<>();
        Random random = new Random(1);
        try (Learner learner = new Learner(SPEC, Device.cpu())) {
            for (int round = 0; round < 6000; round++) {
                List<Example> chosen = new ArrayList<>();
                for (int b = 0; b < 3; b++) {
                    chosen.add(example(0, choose(random), 1, 1));
                }
                MicroBatch batch = MicroBatch.of(chosen, parameters.layout(), 1, key -> 0);
                float[] gradients = new float[batch.weightCount()];
                learner.learn(batch, parameters.of(batch), counts(batch, examples), gradients);
                parameters.update(batch, gradients, 0.05);
                count(batch, examples);
            }
            double[] learned = softmax(logits(learner, parameters));
            for (int item = 0; item < CHOICE.length; item++) {
                assertThat(Math.log(learned[item] / CHOICE[item]))
                        .as("item %d", item)
                        .isCloseTo(0, within(0.35));
            }
        }
    }

    /** Users of two tastes who all are shown the first item most. */
    @Test
    void aPopularItemIsNotPreferredPerSe() {
        TestParameters parameters = TestParameters.initial(SPEC);
        Map<Long, Long> examples = new HashMap<>();
        Random random = new Random(2);
        try (Learner learner = new Learner(SPEC, Device.cpu())) {
            for (int round = 0; round < 1500; round++) {
                List<Example> shown = new ArrayList<>();
                for (int b = 0; b < 8; b++) {
                    int user = random.nextInt(2);
                    int item = random.nextInt(10) < 8 ? 0 : 1 + random.nextInt(2);
                    // The popular item is clicked one time in forty, that of one's taste always.
                    boolean clicked = item == 0 ? random.nextInt(40) == 0 : item == 1 + user;
                    shown.add(example(user, item, clicked ? 1 : 0, 1));
                }
                MicroBatch batch = MicroBatch.of(shown, parameters.layout(), 1, key -> 0);
                float[] gradients = new float[batch.weightCount()];
                learner.learn(batch, parameters.of(batch), counts(batch, examples), gradients);
                parameters.update(batch, gradients, 0.05);
                count(batch, examples);
            }
            for (int user = 0; user < 2; user++) {
                List<Example> all = new ArrayList<>();
                for (int item = 0; item < 3; item++) {
                    all.add(example(user, item, 0, 1));
                }
                MicroBatch batch = MicroBatch.of(all, parameters.layout(), 1, key -> 0);
                float[] predictions = learner.predict(batch, parameters.of(batch));
                assertThat(predictions[1 + user])
                        .isGreaterThan(predictions[0])
                        .isGreaterThan(predictions[2 - user]);
            }
        }
    }

    @Test
    void probabilitiesAreSharesOfTheStream() {
        List<Example> examples =
                List.of(example(0, 3, 1, 2), example(1, 4, 0, 5), example(1, 3, 1, 0.5f));
        TestParameters parameters = TestParameters.random(SPEC);
        MicroBatch batch = MicroBatch.of(examples, parameters.layout(), 1, key -> 0);
        Map<Long, Long> seen = new HashMap<>();
        seen.put(ParameterKey.ofDenseBlock(0), 97L);
        seen.put(ParameterKey.ofValue(2, 103), 18L);

        BatchItems items = BatchCandidates.of(batch, 1, 2, counts(batch, seen));

        assertThat(items.items()[0]).isEqualTo(items.items()[2]).isNotEqualTo(items.items()[1]);
        // Shares of 20 and 1 in 100; a batch of three.
        float often = (float) Math.log(1 - 0.8 * 0.8 * 0.8);
        float seldom = (float) Math.log(1 - 0.99 * 0.99 * 0.99);
        assertThat(items.logProbabilities()).containsExactly(often, seldom, often);
        assertThat(items.rewards()).containsExactly(2, 0, 0.5f);
    }

    /** Every weight, with sums in double precision and their central differences. */
    @Test
    void gradientsAreTheFormulas() {
        Random random = new Random(3);
        List<Example> examples = new ArrayList<>();
        for (int b = 0; b < 7; b++) {
            examples.add(
                    example(
                            random.nextInt(3),
                            random.nextInt(4),
                            b % 3 == 0 ? 0 : 1,
                            0.5f + random.nextFloat()));
        }
        TestParameters parameters = TestParameters.random(SPEC);
        MicroBatch batch = MicroBatch.of(examples, parameters.layout(), 2, key -> (int) (key & 1));
        float[] weights = parameters.of(batch);
        float[] gradients = new float[weights.length];
        long[] counts = new long[batch.keys().length];
        for (int i = 0; i < counts.length; i++) {
            counts[i] =
                    ParameterKey.slot(batch.keys()[i]) == ParameterKey.DENSE_SLOT ? 500 : 10L * i;
        }
        try (Learner learner = new Learner(SPEC, Device.cpu())) {
            float[] predictions = learner.learn(batch, weights, counts, gradients);
            assertThat(predictions).isEqualTo(learner.predict(batch, weights));
        }

        double[] precise = new double[weights.length];
        for (int i = 0; i < weights.length; i++) {
            precise[i] = weights[i];
        }
        int dense = batch.weightsAt()[batch.denseKeys()[0]];
        int used = 0;
        for (int i = 0; i < weights.length; i++) {
            precise[i] = weights[i] + 1e-6;
            double above = loss(batch, precise, counts, dense);
            precise[i] = weights[i] - 1e-6;
            double below = loss(batch, precise, counts, dense);
            precise[i] = weights[i];
            double expected = (above - below) / 2e-6;
            assertThat((double) gradients[i])
                    .as("weight %d", i)
                    .isCloseTo(expected, within(2e-5 + 1e-4 * Math.abs(expected)));
            used += Math.abs(expected) > 1e-3 ? 1 : 0;
        }
        assertThat(used).isGreaterThan(20);
    }

    @Test
    void withoutCountsThereIsNoProbability() {
        TestParameters parameters = TestParameters.random(SPEC);
        MicroBatch batch =
                MicroBatch.of(List.of(example(0, 0, 1, 1)), parameters.layout(), 1, key -> 0);
        float[] weights = parameters.of(batch);
        try (Learner learner = new Learner(SPEC, Device.cpu())) {
            assertThatThrownBy(() -> learner.learn(batch, weights, new float[weights.length]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the array of examples holds 0 numbers")
                    .hasMessageContaining("needs 3");
        }
    }

    /** Scores that overflow beside the diagonal are in the loss alone. */
    @Test
    void aLossThatIsNotFiniteIsNotLearnedFrom() {
        TestParameters parameters = TestParameters.random(SPEC);
        List<Example> examples = List.of(example(0, 0, 1, 1), example(1, 1, 1, 1));
        MicroBatch batch = MicroBatch.of(examples, parameters.layout(), 1, key -> 0);
        float[] weights = new float[batch.weightCount()];
        int dense = batch.weightsAt()[batch.denseKeys()[0]];
        weights[dense] = 1;
        weights[dense + 6] = 1;
        // Both users score the first item; the second's product with it is beyond all floats.
        weights[batch.weightsAt()[indexOf(batch, ParameterKey.ofValue(1, 101))]] = 1e25f;
        weights[batch.weightsAt()[indexOf(batch, ParameterKey.ofValue(2, 100))]] = 1e25f;
        try (Learner learner = new Learner(SPEC, Device.cpu())) {
            assertThatThrownBy(
                            () ->
                                    learner.learn(
                                            batch,
                                            weights,
                                            new long[batch.keys().length],
                                            new float[weights.length]))
                    .isInstanceOf(DivergedException.class)
                    .hasMessageContaining("the loss of model test is");
        }
    }

    /** u and v are of two numbers, linear in embeddings of two: 4 weights and 2 biases each. */
    private static double loss(MicroBatch batch, double[] weights, long[] counts, int dense) {
        int size = batch.size();
        double[][] u = new double[size][2];
        double[][] v = new double[size][2];
        int[] items = new int[size];
        double[] logQ = new double[size];
        for (int b = 0; b < size; b++) {
            int user = batch.occurrences()[2 * b];
            items[b] = batch.occurrences()[2 * b + 1];
            double share = (counts[items[b]] + batch.examplesByKey()[items[b]]) / (500.0 + size);
            logQ[b] = Math.log(1 - Math.pow(1 - share, size));
            for (int d = 0; d < 2; d++) {
                u[b][d] = weights[dense + 4 + d];
                v[b][d] = weights[dense + 10 + d];
                for (int from = 0; from < 2; from++) {
                    u[b][d] +=
                            weights[batch.weightsAt()[user] + from] * weights[dense + 2 * from + d];
                    v[b][d] +=
                            weights[batch.weightsAt()[items[b]] + from]
                                    * weights[dense + 6 + 2 * from + d];
                }
            }
        }
        double loss = 0;
        for (int i = 0; i < size; i++) {
            Map<Integer, Double> byItem = new HashMap<>();
            for (int j = 0; j < size; j++) {
                double score = (u[i][0] * v[j][0] + u[i][1] * v[j][1]) / 0.5 - logQ[j];
                byItem.put(items[j], score);
            }
            double sum = byItem.values().stream().mapToDouble(Math::exp).sum();
            double reward = batch.importances()[i] * batch.labels()[i];
            loss -= reward * (byItem.get(items[i]) - Math.log(sum));
        }
        return loss;
    }

    private static ModelSpec spec(LossType loss) {
        return TestModel.spec(
                List.of(new Categorical("user", "user", 2), new Categorical("item", "item", 2)),
                new TwoTower(
                        List.of("user"),
                        List.of("item"),
                        List.of(),
                        2,
                        Similarity.DOT,
                        0.5,
                        loss,
                        "item"),
                new Objective.Click());
    }

    private static Example example(int user, int item, float label, float importance) {
        long[][] keys = {
            {ParameterKey.ofValue(1, 100 + user)}, {ParameterKey.ofValue(2, 100 + item)}
        };
        return TestModel.example(keys).labelled(label, importance);
    }

    private static int choose(Random random) {
        double left = random.nextDouble();
        int item = 0;
        while (item < CHOICE.length - 1 && left >= CHOICE[item]) {
            left -= CHOICE[item++];
        }
        return item;
    }

    private static double[] logits(Learner learner, TestParameters parameters) {
        List<Example> all = new ArrayList<>();
        for (int item = 0; item < CHOICE.length; item++) {
            all.add(example(0, item, 0, 1));
        }
        MicroBatch batch = MicroBatch.of(all, parameters.layout(), 1, key -> 0);
        float[] predictions = learner.predict(batch, parameters.of(batch));
        double[] logits = new double[predictions.length];
        for (int item = 0; item < logits.length; item++) {
            logits[item] = Math.log(predictions[item] / (1 - predictions[item]));
        }
        return logits;
    }

    private static double[] softmax(double[] logits) {
        double sum = 0;
        for (double logit : logits) {
            sum += Math.exp(logit);
        }
        double[] softmax = new double[logits.length];
        for (int i = 0; i < logits.length; i++) {
            softmax[i] = Math.exp(logits[i]) / sum;
        }
        return softmax;
    }

    private static int indexOf(MicroBatch batch, long key) {
        int index = 0;
        while (batch.keys()[index] != key) {
            index++;
        }
        return index;
    }

    private static long[] counts(MicroBatch batch, Map<Long, Long> examples) {
        long[] counts = new long[batch.keys().length];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = examples.getOrDefault(batch.keys()[i], 0L);
        }
        return counts;
    }

    private static void count(MicroBatch batch, Map<Long, Long> examples) {
        for (int i = 0; i < batch.keys().length; i++) {
            examples.merge(batch.keys()[i], (long) batch.examplesByKey()[i], Long::sum);
        }
    }
}
