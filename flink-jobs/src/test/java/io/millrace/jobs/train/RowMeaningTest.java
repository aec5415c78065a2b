package io.millrace.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.TestModels;
import io.millrace.model.ModelSpec;
import io.millrace.model.loss.Objective;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RowMeaningTest {

    private final ModelSpec all = sampling(1);
    private final ModelSpec sampled = sampling(0.25);

    @Test
    void anotherShareOfNegativesIsRefusedInBothDirections() {
        assertThatThrownBy(() -> RowMeaning.requireSame(sampled, restored(all)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "the checkpoint of model test was made with other"
                                + " objective.negative-sampling: 1, now 0.25; its rows would be"
                                + " misread. Restore with the pipeline file it was made with, or"
                                + " start anew without a checkpoint");
        assertThatThrownBy(() -> RowMeaning.requireSame(all, restored(sampled)))
                .hasMessageContaining("other objective.negative-sampling: 0.25, now 1;");
        RowMeaning.requireSame(sampled, restored(sampled));
        RowMeaning.requireSame(all, restored(all));
    }

    /** Version 0.1.0 knew of no sampling. */
    @Test
    void whereAllNegativesAreLearnedNothingIsWritten() {
        assertThat(RowMeaning.of(all))
                .containsOnlyKeys(
                        "architecture",
                        "features",
                        "optimizers.dense.type",
                        "optimizers.embedding.type",
                        "seed");
    }

    @Test
    void weightsOfAnotherShareOfNegativesAreOthers() {
        assertThat(RowMeaning.difference(RowMeaning.ofWeights(all), RowMeaning.ofWeights(sampled)))
                .isEqualTo("objective.negative-sampling: 0.25, now 1");
        assertThat(
                        RowMeaning.difference(
                                RowMeaning.ofWeights(all), RowMeaning.ofWeights(sampling(1))))
                .isNull();
    }

    /** Among other facts of the state. */
    private static Map<String, String> restored(ModelSpec spec) {
        Map<String, String> facts = new HashMap<>(RowMeaning.of(spec));
        facts.put("version", "7");
        return facts;
    }

    private static ModelSpec sampling(double share) {
        ModelSpec spec = TestModels.ratings();
        return new ModelSpec(
                spec.name(),
                new Objective.Click(share),
                spec.features(),
                spec.architecture(),
                spec.embeddingOptimizer(),
                spec.denseOptimizer(),
                spec.seed());
    }
}
