package io.millrace.model.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.loss.Objective;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

final class BaseRateTest {

    private static final Offset<Float> TOLERANCE = within(1e-6f);

    @Test
    void isTheMeanOfTheRatingsBefore() {
        float[] made =
                predictions(new Objective.Rating(1, 5), new float[] {2, 4, 5, 1}, 0, 1, 3, 1);
        assertThat(made).containsExactly(new float[] {3, 3, 4, 4.75f}, TOLERANCE);
    }

    @Test
    void isTheClickRateBeforeWithHalfAClickInOne() {
        float[] made = predictions(new Objective.Click(), new float[] {1, 0, 1}, 1, 2, 1);
        assertThat(made).containsExactly(new float[] {0.5f, 0.75f, 1.5f / 4}, TOLERANCE);
    }

    @Test
    void neverIsCertain() {
        float[] certain =
                predictions(new Objective.Click(), new float[] {1, 1, 1, 1}, 1e9f, 1, 1, 1);
        assertThat(certain[3]).isLessThan(1).isGreaterThan(0.999f);
        float[] hopeless =
                predictions(new Objective.Click(), new float[] {0, 0, 0, 0}, 1e9f, 1, 1, 1);
        assertThat(hopeless[3]).isPositive().isLessThan(0.001f);
    }

    private static float[] predictions(Objective objective, float[] labels, float... weights) {
        int size = labels.length;
        return BaseRate.predictions(
                new Outcomes(
                        objective,
                        List.of(),
                        new long[size],
                        new long[size],
                        labels,
                        weights,
                        new float[0][],
                        List.of()));
    }
}
