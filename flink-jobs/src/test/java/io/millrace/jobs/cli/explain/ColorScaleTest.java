package io.millrace.jobs.cli.explain;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ColorScaleTest {

    @Test
    void whatIsStrongIsFarFromTheBackground() {
        assertThat(brightness(ColorScale.LIGHT)).isSortedAccordingTo((a, b) -> b - a);
        assertThat(brightness(ColorScale.DARK)).isSorted();
    }

    @Test
    void theScaleGoesFromTheLeastToTheLargestValue() {
        HeatMap map = new HeatMap("m", List.of("a"), List.of("b"), new double[][] {{2}}, 1, 3);

        assertThat(List.of(map.at(0), map.at(0.5), map.at(1))).containsExactly(1.0, 2.0, 3.0);
        assertThat(map.step(0, 0)).isEqualTo(ColorScale.STEPS / 2);
    }

    private static List<Integer> brightness(ColorScale scale) {
        return IntStream.range(0, ColorScale.STEPS)
                .mapToObj(scale::color)
                .map(ColorScaleTest::brightness)
                .toList();
    }

    private static int brightness(Color color) {
        return 299 * color.getRed() + 587 * color.getGreen() + 114 * color.getBlue();
    }
}
