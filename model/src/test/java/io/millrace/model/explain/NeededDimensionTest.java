package io.millrace.model.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.DcnV2;
import io.millrace.model.feature.FeatureSpec.Categorical;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.Sgd;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NeededDimensionTest {

    @Test
    void usageExample() throws IOException {
        ModelSpec spec =
                new ModelSpec(
                        "sizes",
                        new Objective.Click(),
                        List.of(
                                new Categorical("line", "line", 4),
                                new Categorical("plane", "plane", 4),
                                new Categorical("lone", "lone", 4)),
                        new DcnV2(1, 0, List.of(), DcnV2.Structure.STACKED),
                        new Sgd(0.1),
                        new Sgd(0.1),
                        1);
        PublishedVersion version = new PublishedVersion(spec);
        Random random = new Random(3);
        for (int value = 0; value < 50; value++) {
            float x = random.nextFloat();
            float y = random.nextFloat();
            version.row(ParameterKey.ofValue(1, 100 + value), 1, x, 2 * x, -x, 1)
                    .row(ParameterKey.ofValue(2, 100 + value), 1, x, y, x + y, x - y);
        }
        version.row(ParameterKey.ofValue(3, 100), 1, 1, 2, 3, 4);

        assertThat(NeededDimension.of(version.storage(), version.publish(), 0.99))
                .containsExactly(
                        new NeededDimension("line", 50, 4, 1),
                        new NeededDimension("plane", 50, 4, 2),
                        new NeededDimension("lone", 1, 4, 4));
    }
}
