package io.millrace.model.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.explain.PairStrengths.Layer;
import io.millrace.model.explain.PairStrengths.Pair;
import java.util.List;
import org.junit.jupiter.api.Test;

class PairStrengthsTest {

    private static final List<String> NAMES = List.of("a", "b", "c");

    @Test
    void usageExample() {
        PairStrengths pairs =
                new PairStrengths(
                        NAMES,
                        List.of(
                                new Layer("1", new double[][] {{9, 1, 0}, {5, 0, 4}, {0, 4, 0}}),
                                new Layer("2", new double[][] {{9, 1, 0}, {1, 0, 6}, {0, 6, 0}})));

        assertThat(pairs.pairs())
                .startsWith(new Pair("a", "a", 9), new Pair("b", "c", 5), new Pair("a", "b", 2))
                .hasSize(6);
        assertThat(pairs.crosses()).startsWith(new Pair("b", "c", 5)).hasSize(3);
    }

    @Test
    void cellsThatAreNotThereAreNoPairs() {
        double none = Double.NaN;
        PairStrengths pairs =
                new PairStrengths(
                        NAMES,
                        List.of(
                                new Layer(
                                        "1",
                                        new double[][] {
                                            {none, 1, 2}, {1, none, 3}, {2, 3, none}
                                        })));

        assertThat(pairs.pairs())
                .containsExactly(
                        new Pair("b", "c", 3), new Pair("a", "c", 2), new Pair("a", "b", 1));
        assertThat(pairs.values()).hasSize(6);
    }

    @Test
    void fewerFeaturesAreThoseOfTheStrongestCrosses() {
        PairStrengths pairs =
                new PairStrengths(
                        NAMES,
                        List.of(new Layer("1", new double[][] {{9, 1, 7}, {1, 0, 4}, {7, 4, 0}})));

        PairStrengths fewer = pairs.ofFeatures(2);

        assertThat(fewer.names()).containsExactly("a", "c");
        assertThat(fewer.layers().get(0).strengths())
                .isDeepEqualTo(new double[][] {{9, 7}, {7, 0}});
        assertThat(pairs.ofFeatures(3)).isSameAs(pairs);
    }

    @Test
    void aMatrixOfAnotherSizeIsRefused() {
        assertThatThrownBy(
                        () -> new PairStrengths(NAMES, List.of(new Layer("1", new double[2][2]))))
                .hasMessageContaining("3 x 3");
    }
}
