package io.millrace.model.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class WindowSwapsTest {

    private static final RatingMeasures MEASURES = new RatingMeasures();
    private static final int BIAS = MEASURES.names().indexOf(RatingMeasures.BIAS);

    /**
     * Errors of one example a window; the mean difference is 2, and 2 of 32 swaps differ so much.
     */
    @Test
    void triesAllSwapsOfFewWindows() {
        Tallies a = errors(1, 2, 3, 4, 5);
        Tallies b = errors(0, 0, 1, 2, 2);
        assertThat(new WindowSwaps(a, b, MEASURES).pValues(32, 1)[BIAS]).isEqualTo(2 / 32.0);
        assertThat(new WindowSwaps(b, a, MEASURES).pValues(32, 1)[BIAS]).isEqualTo(2 / 32.0);
    }

    @Test
    void drawsSwapsOfManyWindows() {
        Tallies a = errors(1, 2, 3, 4, 5);
        Tallies b = errors(0, 0, 1, 2, 2);
        double p = new WindowSwaps(a, b, MEASURES).pValues(31, 1)[BIAS];
        assertThat(p * 32).isEqualTo(Math.rint(p * 32)).isGreaterThanOrEqualTo(1);
    }

    @Test
    void drawsComeNearWhatAllSwapsWouldGive() {
        double[] a = new double[14];
        double[] b = new double[14];
        Random random = new Random(5);
        for (int i = 0; i < a.length; i++) {
            a[i] = 0.35 + random.nextGaussian();
            b[i] = random.nextGaussian();
        }
        WindowSwaps swaps = new WindowSwaps(errors(a), errors(b), MEASURES);
        double exact = swaps.pValues(1 << 14, 1)[BIAS];
        assertThat(exact).isBetween(0.02, 0.9);
        int draws = 10_000;
        assertThat(swaps.pValues(draws, 3)[BIAS])
                .isNotEqualTo(exact)
                .isEqualTo(exact, within(4 * Math.sqrt(exact * (1 - exact) / draws)));
    }

    @Test
    void saysNothingOfFewerThanFiveWindowsOrWithoutDraws() {
        Tallies four = errors(1, 2, 3, 4);
        assertThat(new WindowSwaps(four, four, MEASURES).pValues(1000, 1)).containsOnly(Double.NaN);
        Tallies five = errors(1, 2, 3, 4, 5);
        assertThat(new WindowSwaps(five, five, MEASURES).pValues(0, 1)).containsOnly(Double.NaN);
        assertThat(new WindowSwaps(five, five, MEASURES).pValues(1000, 1)).containsOnly(1.0);
    }

    /** Under the null hypothesis p is at most x in x of all cases; here of 400 at x = 0.1. */
    @Test
    void equallyGoodSeriesAreRarelyCalled() {
        Random random = new Random(6);
        int cases = 400;
        int[] called = new int[6];
        for (int i = 0; i < cases; i++) {
            Recorded recorded = Recorded.clicks(random, 720);
            recorded.predict("a", "0", random, 0.7);
            recorded.predict("b", "0", random, 0.7);
            List<Comparison> comparisons =
                    Evaluation.of(
                                    recorded.outcomes(),
                                    new EvaluationSettings(0, Duration.ofHours(1), 99, i))
                            .pipelines();
            for (int metric = 0; metric < called.length; metric++) {
                called[metric] += comparisons.get(metric).pValue() <= 0.1 ? 1 : 0;
            }
        }
        for (int metric = 0; metric < called.length; metric++) {
            assertThat((double) called[metric] / cases)
                    .as(new ClickMeasures().names().get(metric))
                    .isBetween(0.05, 0.15);
        }
    }

    private static Tallies errors(double... errors) {
        Tallies tallies = new Tallies(MEASURES, errors.length, 0);
        double[] terms = new double[MEASURES.terms()];
        for (int window = 0; window < errors.length; window++) {
            MEASURES.terms(0, errors[window], 1, terms);
            tallies.add(window, terms, 0, errors[window], 1, 0, 0);
        }
        return tallies;
    }
}
