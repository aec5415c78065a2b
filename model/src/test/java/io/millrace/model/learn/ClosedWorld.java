package io.millrace.model.learn;

import ai.djl.Device;
import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.LogisticRegression;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureSpec.Categorical;
import io.millrace.model.loss.ExampleWeighting;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.ParameterKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * A world whose click probabilities are known and a logistic regression that can tell them exactly,
 * learning online from what a stream makes of its impressions.
 */
final class ClosedWorld implements AutoCloseable {

    private static final int VALUES = 6;
    private static final int BATCH = 500;

    private final Random random = new Random(17);
    private final double[] first = new double[VALUES];
    private final double[] second = new double[VALUES];
    private final TestParameters parameters;
    private final Learner learner;
    private final List<Example> gathering = new ArrayList<>();
    private final double bias;
    private double trueSum;
    private double predictedSum;
    private boolean judged;

    /**
     * @param bias the log-odds of a click, about
     */
    ClosedWorld(Objective objective, ExampleWeighting weighting, double bias) {
        this.bias = bias;
        ModelSpec spec =
                TestModel.spec(
                        List.of(new Categorical("a", "a", 1), new Categorical("b", "b", 1)),
                        new LogisticRegression(),
                        objective);
        parameters = TestParameters.initial(spec);
        learner = new Learner(spec, Device.cpu(), weighting);
        for (int value = 0; value < VALUES; value++) {
            first[value] = random.nextGaussian() / 2;
            second[value] = random.nextGaussian() / 2;
        }
    }

    /**
     * An impression, whose {@code clicked} is true with the probability that is its own.
     *
     * @param example not labelled
     */
    record Impression(int number, Example example, double probability, boolean clicked) {}

    Impression show(int number) {
        int a = random.nextInt(VALUES);
        int b = random.nextInt(VALUES);
        double probability = 1 / (1 + Math.exp(-bias - first[a] - second[b]));
        long[][] keys = {{ParameterKey.ofValue(1, 100 + a)}, {ParameterKey.ofValue(2, 100 + b)}};
        return new Impression(
                number, TestModel.example(keys), probability, random.nextDouble() < probability);
    }

    /**
     * Shows impressions to a stream that calls {@link #learn}, and judges the second half of them.
     *
     * @return the sum of predictions over that of true probabilities
     */
    double calibration(int impressions, Consumer<Impression> stream) {
        for (int number = 0; number < impressions; number++) {
            judged = number >= impressions / 2;
            Impression impression = show(number);
            stream.accept(impression);
            if (judged && number % 50 == 0) {
                judge(impression);
            }
        }
        return predictedSum / trueSum;
    }

    void learn(Example example) {
        gathering.add(example);
        if (gathering.size() == BATCH) {
            MicroBatch batch = batch(gathering);
            float[] gradients = new float[batch.weightCount()];
            learner.learn(batch, parameters.of(batch), gradients);
            parameters.update(batch, gradients, 0.1);
            gathering.clear();
        }
    }

    private void judge(Impression impression) {
        MicroBatch batch = batch(List.of(impression.example()));
        predictedSum += learner.predict(batch, parameters.of(batch))[0];
        trueSum += impression.probability();
    }

    private MicroBatch batch(List<Example> examples) {
        return MicroBatch.of(examples, parameters.layout(), 1, key -> 0);
    }

    @Override
    public void close() {
        learner.close();
    }
}
