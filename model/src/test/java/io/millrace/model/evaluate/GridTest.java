package io.millrace.model.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class GridTest {

    @Test
    void binsHoldEqualNumbers() {
        Random random = new Random(1);
        float[] values = new float[10_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        Grid grid = Grid.of(Grid.quantiles(sorted(values)));

        assertThat(grid.bins()).isEqualTo(500);
        int[] fine = new int[500];
        int[] coarse = new int[Grid.COARSE];
        for (float value : values) {
            fine[grid.bin(value)]++;
            coarse[grid.coarse(grid.bin(value))]++;
        }
        assertThat(fine).containsOnly(20);
        assertThat(coarse).containsOnly(500);
    }

    @Test
    void equalPredictionsShareABin() {
        float[] values = new float[1000];
        for (int i = 0; i < values.length; i++) {
            values[i] = i < 600 ? 0.2f : 0.8f;
        }
        Grid grid = Grid.of(Grid.quantiles(sorted(values)));

        assertThat(grid.bin(0.2f)).isLessThan(grid.bin(0.8f)).isEqualTo(grid.bin(0.5f));
        assertThat(grid.coarse(grid.bin(0.2f))).isLessThan(grid.coarse(grid.bin(0.8f)));
        assertThat(grid.coarse(grid.bin(0.8f))).isLessThan(Grid.COARSE);
    }

    @Test
    void twoSeriesShareBinsInEitherOrder() {
        float[] few = Grid.quantiles(sorted(0.1f, 0.2f, 0.3f));
        float[] others = Grid.quantiles(sorted(0.15f, 0.4f));
        Grid one = Grid.of(few, others);
        Grid two = Grid.of(others, few);

        assertThat(one.bins()).isEqualTo(two.bins()).isEqualTo(6);
        for (float value : new float[] {0, 0.1f, 0.15f, 0.2f, 0.3f, 0.35f, 0.4f, 1}) {
            assertThat(one.bin(value)).isEqualTo(two.bin(value));
            assertThat(one.coarse(one.bin(value))).isEqualTo(two.coarse(two.bin(value)));
        }
        assertThat(one.bin(0.1f)).isLessThan(one.bin(0.15f));
        assertThat(one.bin(0.15f)).isLessThan(one.bin(0.2f));
    }

    @Test
    void withoutPredictionsThereIsOneBin() {
        Grid grid = Grid.of(Grid.quantiles(sorted()));
        assertThat(grid.bins()).isEqualTo(1);
        assertThat(grid.bin(0.5f)).isZero();
    }

    @Test
    void sortsAllNumbers() {
        SortedPredictions sorted =
                sorted(1.5f, -2, 0f, -0f, Float.POSITIVE_INFINITY, -0.5f, 1e-30f);
        float[] expected = {-2, -0.5f, 0, 0, 1e-30f, 1.5f, Float.POSITIVE_INFINITY};
        int[] examples = {1, 5, 2, 3, 6, 0, 4};
        for (int rank = 0; rank < expected.length; rank++) {
            assertThat(sorted.prediction(rank)).isEqualTo(expected[rank]);
            assertThat(sorted.example(rank)).isEqualTo(examples[rank]);
        }
    }

    private static SortedPredictions sorted(float... values) {
        SortedPredictions sorted = new SortedPredictions(values.length);
        for (int i = 0; i < values.length; i++) {
            sorted.add(values[i], i);
        }
        sorted.sort();
        return sorted;
    }
}
