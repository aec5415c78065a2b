package io.millrace.model.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Intervals on simulated data whose truth is known. */
final class BootstrapTest {

    private static final int WINDOWS = 40;
    private static final EvaluationSettings SETTINGS =
            new EvaluationSettings(0, Duration.ofHours(1), 300, 11);

    /**
     * Errors of a window have something in common, so that an interval that takes examples for
     * independent would cover the truth in about 60 of 100 cases. Of 400 cases at a level of 0.95
     * the share that covers has a standard deviation of 0.011; with 40 windows the percentile
     * bootstrap is known to fall short by about 0.015.
     */
    @Test
    void coversTheTruthAboutAsOftenAsItSays() {
        Random random = new Random(1);
        int cases = 400;
        int covered = 0;
        int pairCovered = 0;
        for (int i = 0; i < cases; i++) {
            EvaluationResult result = Evaluation.of(ratings(random, 50), SETTINGS);
            Estimate bias = result.series().get(0).metrics().get("bias");
            covered += bias.low() <= 0.2 && 0.2 <= bias.high() ? 1 : 0;
            Comparison pair = comparison(result, "bias");
            pairCovered += pair.low() <= 0.3 && 0.3 <= pair.high() ? 1 : 0;
        }
        assertThat((double) covered / cases).isBetween(0.90, 0.98);
        assertThat((double) pairCovered / cases).isBetween(0.90, 0.98);
    }

    /** Biases of 0.2 and -0.1, with common and own errors by window and by example. */
    private static Outcomes ratings(Random random, int examplesAWindow) {
        Recorded recorded = Recorded.ratings(random, WINDOWS * examplesAWindow);
        float[] a = new float[recorded.labels.length];
        float[] b = new float[recorded.labels.length];
        for (int window = 0; window < WINDOWS; window++) {
            double ofA = 0.2 + 0.3 * random.nextGaussian();
            double ofB = -0.1 + 0.3 * random.nextGaussian();
            for (int i = 0; i < examplesAWindow; i++) {
                int row = window * examplesAWindow + i;
                recorded.times[row] = window * 60 * Recorded.MINUTE + i;
                a[row] = (float) (recorded.labels[row] + ofA + random.nextGaussian());
                b[row] = (float) (recorded.labels[row] + ofB + random.nextGaussian());
            }
        }
        recorded.add("a", "0", a);
        recorded.add("b", "0", b);
        return recorded.outcomes();
    }

    /** Scores N(1, 1) of clicks and N(0, 1) of others have an AUC of Phi(sqrt(1/2)). */
    @Test
    void coversTheTrueAuc() {
        Random random = new Random(2);
        double truth = 0.760250;
        int cases = 150;
        int covered = 0;
        for (int i = 0; i < cases; i++) {
            Recorded recorded = Recorded.clicks(random, WINDOWS * 60);
            float[] predictions = new float[recorded.labels.length];
            Arrays.setAll(recorded.times, row -> row * Recorded.MINUTE);
            for (int row = 0; row < predictions.length; row++) {
                double score = recorded.labels[row] + random.nextGaussian();
                predictions[row] = (float) Recorded.sigmoid(score);
                recorded.weights[row] = 1;
            }
            recorded.add("a", "0", predictions);
            Estimate auc =
                    Evaluation.of(recorded.outcomes(), SETTINGS)
                            .series()
                            .get(0)
                            .metrics()
                            .get("auc");
            covered += auc.low() <= truth && truth <= auc.high() ? 1 : 0;
        }
        assertThat((double) covered / cases).isBetween(0.87, 0.99);
    }

    /** Replicates count AUC by bins, windows and totals do not. */
    @Test
    void binsOfReplicatesHardlyChangeTheAuc() {
        Random random = new Random(3);
        for (double scale : new double[] {0.001, 0.1, 1, 5}) {
            Recorded recorded = Recorded.clicks(random, 5000);
            float[] predictions = recorded.predict("a", "0", random, 0.5);
            for (int row = 0; row < predictions.length; row++) {
                double logit = Math.log(predictions[row] / (1 - predictions[row]));
                predictions[row] = (float) Recorded.sigmoid(scale * logit - 2);
            }
            Outcomes outcomes = recorded.outcomes();
            Judged judged = new Judge(outcomes, SETTINGS).judge(predictions, false);

            double[] binned = judged.units().total().values(0);

            assertThat(binned[ClickMeasures.AUC_AT])
                    .isEqualTo(judged.values()[ClickMeasures.AUC_AT], within(2e-4));
            assertThat(Arrays.copyOfRange(binned, 1, binned.length))
                    .containsExactly(
                            Arrays.copyOfRange(judged.values(), 1, binned.length), within(1e-9));
        }
    }

    @Test
    void theSeedDecidesTheDraws() {
        Outcomes outcomes = ratings(new Random(4), 5);
        Estimate one = bias(outcomes, 1);
        assertThat(bias(outcomes, 1)).isEqualTo(one);
        assertThat(bias(outcomes, 2).low()).isNotEqualTo(one.low());
        assertThat(bias(outcomes, 2).value()).isEqualTo(one.value());
    }

    private static Estimate bias(Outcomes outcomes, long seed) {
        return Evaluation.of(outcomes, new EvaluationSettings(0, Duration.ofHours(1), 300, seed))
                .series()
                .get(0)
                .metrics()
                .get("bias");
    }

    @Test
    void anIntervalLiesBetweenQuantilesAndHoldsItsValue() {
        double[] replicates = new double[1001];
        Arrays.setAll(replicates, i -> 1000 - i);
        assertThat(Bootstrap.interval(500, replicates)).isEqualTo(new Bootstrap.Interval(25, 975));
        assertThat(Bootstrap.interval(3, replicates)).isEqualTo(new Bootstrap.Interval(3, 975));
        assertThat(Bootstrap.interval(999, replicates)).isEqualTo(new Bootstrap.Interval(25, 999));
    }

    @Test
    void replicatesThatAreOftenUndefinedGiveNoInterval() {
        double[] replicates = new double[100];
        Arrays.fill(replicates, 0, 5, Double.NaN);
        assertThat(Bootstrap.interval(0, replicates)).isNotNull();
        replicates[5] = Double.NaN;
        assertThat(Bootstrap.interval(0, replicates)).isNull();
        assertThat(Bootstrap.interval(0, new double[0])).isNull();
    }

    private static Comparison comparison(EvaluationResult result, String metric) {
        List<Comparison> found =
                result.pipelines().stream().filter(c -> c.metric().equals(metric)).toList();
        assertThat(found).hasSize(1);
        return found.get(0);
    }
}
