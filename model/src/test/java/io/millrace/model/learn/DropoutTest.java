package io.millrace.model.learn;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.DcnV2;
import io.millrace.model.architecture.DcnV2.Gate;
import io.millrace.model.architecture.DcnV2.Structure;
import io.millrace.model.loss.Objective;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DropoutTest {

    private static final double RATE = 0.4;
    private static final int UNITS = 1000;
    private static final ModelSpec SPEC = spec(RATE);

    private final TestParameters parameters = TestParameters.random(SPEC);

    @Test
    void aShareOfTheUnitsLearnsNothing() {
        double all = learningUnits(spec(0), 1, 0);
        double kept = learningUnits(SPEC, 1, 0);

        // Four standard deviations of what is drawn from at most 1000 units.
        assertThat(kept / all).isBetween(1 - RATE - 0.09, 1 - RATE + 0.09);
    }

    @Test
    void predictionsAreMadeOfAllUnits() {
        MicroBatch batch = batch(1);
        float[] weights = parameters.of(batch);
        try (Learner learner = new Learner(SPEC, Device.cpu());
                Learner without = new Learner(spec(0), Device.cpu())) {
            float[] learned = learner.learn(batch, weights, new float[weights.length]);

            assertThat(learned).isEqualTo(without.predict(batch, weights));
        }
    }

    @Test
    void whatIsLearnedAgainDropsTheSame() {
        assertThat(gradients(SPEC, 1, 0)).isEqualTo(gradients(SPEC, 1, 0));
    }

    @Test
    void theSameExamplesDropOthersAtTheNextStep() {
        // Too little for a unit to begin or to stop answering.
        assertThat(dropped(1e-6f)).isNotEqualTo(dropped(0));
    }

    @Test
    void shardsMakeNoDifference() {
        assertThat(gradients(SPEC, 3, 0)).isEqualTo(gradients(SPEC, 1, 0));
    }

    private boolean[] dropped(float moved) {
        float[] gradients = gradients(SPEC, 1, moved);
        boolean[] dropped = new boolean[gradients.length];
        for (int i = 0; i < gradients.length; i++) {
            dropped[i] = gradients[i] == 0;
        }
        return dropped;
    }

    private double learningUnits(ModelSpec spec, int shards, float moved) {
        float[] gradients = gradients(spec, shards, moved);
        long learning = 0;
        for (float gradient : gradients) {
            learning += gradient == 0 ? 0 : 1;
        }
        return learning;
    }

    /** The gradient of the last layer: of a unit that is dropped, 0. */
    private float[] gradients(ModelSpec spec, int shards, float moved) {
        MicroBatch batch = batch(shards);
        float[] weights = parameters.of(batch);
        for (int block : batch.denseKeys()) {
            weights[batch.weightsAt()[block]] += moved;
        }
        float[] gradients = new float[weights.length];
        try (Learner learner = new Learner(spec, Device.cpu())) {
            learner.learn(batch, weights, gradients);
        }
        float[] dense = new float[parameters.layout().dense().blocks() * 1024];
        for (int block = 0; block < batch.denseKeys().length; block++) {
            int at = batch.weightsAt()[batch.denseKeys()[block]];
            System.arraycopy(gradients, at, dense, block * 1024, 1024);
        }
        int end = parameters.layout().dense().size();
        return Arrays.copyOfRange(dense, end - 1 - UNITS, end - 1);
    }

    private MicroBatch batch(int shards) {
        return MicroBatch.of(
                TestModel.examples(1, 3),
                parameters.layout(),
                shards,
                key -> (int) ((key >>> 1) % shards));
    }

    private static ModelSpec spec(double dropout) {
        return TestModel.spec(
                new DcnV2(0, 0, 1, Gate.SOFTMAX, List.of(UNITS), Structure.STACKED, dropout),
                new Objective.Click());
    }
}
