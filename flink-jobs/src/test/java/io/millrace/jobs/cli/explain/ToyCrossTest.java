package io.millrace.jobs.cli.explain;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.DcnV2;
import io.millrace.model.example.Example;
import io.millrace.model.explain.Explainer;
import io.millrace.model.explain.Explanation;
import io.millrace.model.explain.PairStrengths.Pair;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.feature.FeatureSpec.Numeric;
import io.millrace.model.learn.Learner;
import io.millrace.model.learn.MicroBatch;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.Adam;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The toy of the TensorFlow Recommenders tutorial on DCN: how likely a customer buys a blender, of
 * his country, the bananas and the cookbooks that he has bought. What decides is bananas times
 * cookbooks.
 */
class ToyCrossTest {

    private static final int BATCH = 256;
    private static final int STEPS = 1500;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void theStrongestCrossIsBananasTimesCookbooks(long seed) {
        ModelSpec spec = spec(seed);

        Explanation explanation = Explainer.ofCrossWeights(spec, trained(spec, seed), false);

        List<Pair> pairs = explanation.pairs().pairs();
        assertThat(pairs.get(0).first()).isEqualTo("bananas");
        assertThat(pairs.get(0).second()).isEqualTo("cookbooks");
        assertThat(pairs.get(0).strength()).isGreaterThan(1.25 * pairs.get(1).strength());
        assertThat(ExplainPage.of(Samples.explained(spec, explanation)))
                .contains("The strongest cross is bananas × cookbooks: ");
    }

    /** y = 0.1 x1 + 0.4 x2 + 0.7 x3 + 0.1 x1 x2 + 3.1 x2 x3 + 0.1 x3^2. */
    private static float[] trained(ModelSpec spec, long seed) {
        ParameterLayout layout = new ParameterLayout(spec);
        Adam adam = new Adam(0.02, 0.9, 0.999, 1e-8);
        long key = ParameterKey.ofDenseBlock(0);
        int width = layout.width(key);
        float[] row = new float[width + adam.stateSize(width)];
        layout.initialize(key, row, 0);
        Random random = new Random(seed);
        float[] gradients = new float[width];
        try (Learner learner = new Learner(spec, Device.cpu())) {
            for (int step = 0; step < STEPS; step++) {
                MicroBatch batch = MicroBatch.of(examples(random), layout, 1, any -> 0);
                var unused = learner.learn(batch, row, gradients);
                for (int i = 0; i < width; i++) {
                    gradients[i] /= BATCH;
                }
                adam.update(row, 0, width, gradients, 0);
            }
        }
        return Arrays.copyOf(row, layout.dense().size());
    }

    private static List<Example> examples(Random random) {
        List<Example> examples = new ArrayList<>();
        for (int b = 0; b < BATCH; b++) {
            float x1 = random.nextInt(200) / 200f;
            float x2 = random.nextInt(24) / 24f;
            float x3 = random.nextInt(6) / 6f;
            float y =
                    0.1f * x1
                            + 0.4f * x2
                            + 0.7f * x3
                            + 0.1f * x1 * x2
                            + 3.1f * x2 * x3
                            + 0.1f * x3 * x3;
            examples.add(new Example(new long[0], new int[0], new float[] {x1, x2, x3}, y, 1, 0));
        }
        return examples;
    }

    private static ModelSpec spec(long seed) {
        return new ModelSpec(
                "blender",
                new Objective.Rating(0, 10),
                List.of(number("country"), number("bananas"), number("cookbooks")),
                new DcnV2(1, 0, List.of(), DcnV2.Structure.STACKED),
                new Adam(0.02, 0.9, 0.999, 1e-8),
                new Adam(0.02, 0.9, 0.999, 1e-8),
                seed);
    }

    private static FeatureSpec number(String name) {
        return new Numeric(name, name, false, -1e9, 1e9, 0, 1);
    }
}
