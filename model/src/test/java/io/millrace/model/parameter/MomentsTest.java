package io.millrace.model.parameter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class MomentsTest {

    @Test
    void usageExample() {
        float[] row = new float[4];

        Moments.merge(row, 0, 0, new float[] {2, 0.5f}, 0, 4);
        Moments.merge(row, 0, 4, new float[] {8, 0.5f}, 0, 2);

        assertThat(row[0]).isEqualTo(4f);
        assertThat(row[1]).isEqualTo(8.5f);
        assertThat(Moments.standardize(4 + 2 * (float) Math.sqrt(8.5), row[0], row[1]))
                .isCloseTo(2, within(1e-6f));
    }

    @Test
    void agreesWithTwoPassesOverAllValuesHoweverTheyAreBatched() {
        Random random = new Random(7);
        double[] values = random.doubles(200_000, -1, 1).map(x -> 5000 + 3 * x).toArray();
        float[] row = {7, 7, 7, 7};
        int from = 0;
        while (from < values.length) {
            int count = Math.min(values.length - from, 1 + random.nextInt(40));
            float[] batch = moments(values, from, from + count);
            Moments.merge(row, 0, from, batch, 0, count);
            from += count;
        }
        float[] all = moments(values, 0, values.length);

        assertThat((double) row[0]).isCloseTo(all[0], within(1e-3));
        assertThat((double) row[1]).isCloseTo(all[1], within(2e-3));
    }

    @Test
    void manySmallStepsAreNotLost() {
        float[] row = {1000, 0, 0, 0};
        long before = 1_000_000_000;
        for (int i = 0; i < 100_000; i++) {
            Moments.merge(row, 0, before, new float[] {1001, 0}, 0, 100);
            before += 100;
        }
        assertThat((double) row[0] + row[2]).isCloseTo(1000 + 1e7 / (1e9 + 1e7), within(1e-6));
    }

    @Test
    void standardizesWhatIsMissingOrDoesNotVary() {
        assertThat(Moments.standardize(Float.NaN, 5, 4)).isZero();
        assertThat(Moments.standardize(5, 5, 0)).isZero();
        assertThat(Moments.standardize(6, 5, 0)).isEqualTo(10);
        assertThat(Moments.standardize(-1e15f, 5, 1)).isEqualTo(-10);
        assertThat(Moments.standardize(7, 5, 4)).isEqualTo(1);
    }

    private static float[] moments(double[] values, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += values[i];
        }
        double mean = sum / (to - from);
        double squares = 0;
        for (int i = from; i < to; i++) {
            squares += (values[i] - mean) * (values[i] - mean);
        }
        return new float[] {(float) mean, (float) (squares / (to - from))};
    }
}
