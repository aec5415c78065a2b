package io.millrace.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.DcnV2.Structure;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.feature.FeatureSpec.Numeric;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.Adam;
import io.millrace.model.parameter.ParameterLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The toy experiment of the <a href="https://keras.io/keras_rs/examples/dcn/">Keras-RS example</a>:
 * one cross layer learns products of numbers that a far larger ReLU network, given more computing
 * time, knows worse by an order of magnitude. (Far longer trained, that comes near.)
 */
final class ToyCrossTest {

    /** What the example reports for the cross layer, after its rounding. */
    private static final double REPORTED = 0.0033;

    private static final int EXAMPLES = 100_000;
    private static final int BATCH = 128;

    private static final DcnV2 CROSS = new DcnV2(1, 0, List.of(), Structure.STACKED);
    private static final DcnV2 RELU = new DcnV2(0, 0, List.of(512, 256, 128), Structure.STACKED);

    @Test
    void sixteenCrossWeightsLearnProductsSoonerThanThousandsOfReluWeights() {
        List<Example> examples = examples();
        List<Example> learned = examples.subList(0, EXAMPLES * 9 / 10);
        List<Example> heldOut = examples.subList(EXAMPLES * 9 / 10, EXAMPLES);

        double cross = error(CROSS, 16, 0.01, 8000, learned, heldOut);
        // Fewer steps, which take several times as long.
        double relu = error(RELU, 166_401, 0.001, 1000, learned, heldOut);

        assertThat(cross).isLessThan(REPORTED);
        assertThat(relu)
                .as("of the ReLU network after 1000 batches; %s of the cross after 8000", cross)
                .isGreaterThan(10 * cross);
    }

    /** Root mean squared error on the held-out examples after so many batches of the others. */
    private static double error(
            DcnV2 network,
            int parameters,
            double rate,
            int steps,
            List<Example> learned,
            List<Example> heldOut) {
        ModelSpec spec = spec(network, rate);
        assertThat(new ParameterLayout(spec).dense().size()).isEqualTo(parameters);
        try (OnlineModel model = new OnlineModel(spec)) {
            for (int step = 0; step < steps; step++) {
                int at = step * BATCH % (learned.size() - BATCH);
                model.learn(learned.subList(at, at + BATCH));
            }
            float[] predictions = model.predict(heldOut);
            double sum = 0;
            for (int b = 0; b < predictions.length; b++) {
                double error = predictions[b] - heldOut.get(b).label();
                sum += error * error;
            }
            return Math.sqrt(sum / predictions.length);
        }
    }

    private static ModelSpec spec(DcnV2 network, double rate) {
        List<FeatureSpec> features =
                Stream.of("country", "bananas", "cookbooks").map(ToyCrossTest::number).toList();
        // Wide enough that no prediction is clipped.
        Objective objective = new Objective.Rating(-10, 10);
        Adam adam = new Adam(rate, 0.9, 0.999, 1e-8);
        return new ModelSpec("toy", objective, features, network, adam, adam, 1);
    }

    private static FeatureSpec number(String name) {
        return new Numeric(
                name, name, false, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, 0, 1);
    }

    private static List<Example> examples() {
        Random random = new Random(1);
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < EXAMPLES; i++) {
            float country = random.nextInt(200) / 200f;
            float bananas = random.nextInt(24) / 24f;
            float cookbooks = random.nextInt(6) / 6f;
            float likes =
                    0.1f * country
                            + 0.4f * bananas
                            + 0.7f * cookbooks
                            + 0.1f * country * bananas
                            + 3.1f * bananas * cookbooks
                            + 0.1f * cookbooks * cookbooks;
            float[] numbers = {country, bananas, cookbooks};
            examples.add(new Example(new long[0], new int[0], numbers, likes, 1, 0));
        }
        return examples;
    }
}
