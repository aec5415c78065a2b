package io.millrace.model.parameter;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.Architecture;
import io.millrace.model.architecture.FactorizationMachine;
import io.millrace.model.architecture.LogisticRegression;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.loss.Objective;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class InitialLinearWeightTest {

    private static final long KEY = ParameterKey.ofValue(1, 99);

    @Test
    void aLinearWeightFollowsTheEmbeddingAndStartsAtZero() {
        ParameterLayout layout = layout(new FactorizationMachine());
        float[] row = initial(layout);

        assertThat(layout.width(KEY)).isEqualTo(4);
        assertThat(Arrays.copyOf(row, 3)).doesNotContain(0f, Float.NaN);
        assertThat(row[3]).isZero();
        assertThat(row[4]).isNaN();
    }

    @Test
    void theEmbeddingIsThatOfARowWithoutALinearWeight() {
        ParameterLayout plain = Layouts.of(List.of(), new Sgd(0.1), new Sgd(0.1), 7, 3);
        float[] row = new float[3];
        plain.initialize(KEY, row, 0);

        assertThat(Arrays.copyOf(initial(layout(new FactorizationMachine())), 3))
                .containsExactly(row);
    }

    @Test
    void aLinearWeightMayBeAllThereIs() {
        ParameterLayout layout = layout(new LogisticRegression());
        float[] row = initial(layout);

        assertThat(layout.width(KEY)).isEqualTo(1);
        assertThat(row[0]).isZero();
        assertThat(row[1]).isNaN();
    }

    private static float[] initial(ParameterLayout layout) {
        float[] row = new float[5];
        Arrays.fill(row, Float.NaN);
        layout.initialize(KEY, row, 0);
        return row;
    }

    private static ParameterLayout layout(Architecture architecture) {
        return new ParameterLayout(
                new ModelSpec(
                        "test",
                        new Objective.Click(),
                        List.of(new FeatureSpec.Categorical("f", "f", 3)),
                        architecture,
                        new Sgd(0.1),
                        new Sgd(0.1),
                        7));
    }
}
