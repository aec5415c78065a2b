package io.millrace.model.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.evaluate.SeriesResult.SliceResult;
import io.millrace.model.evaluate.SeriesResult.WindowResult;
import io.millrace.model.metric.MetricSet;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

final class EvaluationTest {

    private static final int EXAMPLES = 4000;
    private static final EvaluationSettings HOURLY =
            new EvaluationSettings(0, Duration.ofHours(1), 200, 7);

    @Test
    void usageExample() {
        Random random = new Random(1);
        Recorded recorded = Recorded.clicks(random, EXAMPLES);
        recorded.predict("champion", "0", random, 1);
        recorded.predict("challenger", "0", random, 0.1);

        EvaluationResult result =
                Evaluation.of(recorded.outcomes(), new EvaluationSettings(0, null, 1000, 1));

        assertThat(result.window()).isEqualTo(Duration.ofHours(3).toMillis());
        Comparison auc = result.pipelines().get(0);
        assertThat(auc.metric()).isEqualTo("auc");
        assertThat(auc.difference()).isNegative();
        assertThat(auc.high()).isNegative();
        assertThat(auc.pValue()).isLessThan(0.01);
    }

    @Test
    void metricsAreThoseOfTheMetricSet() {
        Random random = new Random(2);
        for (Recorded recorded :
                List.of(Recorded.clicks(random, EXAMPLES), Recorded.ratings(random, EXAMPLES))) {
            float[] predictions = recorded.predict("a", "0", random, 0.5);
            Outcomes outcomes = recorded.outcomes();
            MetricSet all = MetricSet.of(outcomes.objective());
            MetricSet window = MetricSet.of(outcomes.objective());
            for (int row = 0; row < EXAMPLES; row++) {
                double label = recorded.labels[row];
                double weight = recorded.weights[row];
                all.add(label, predictions[row], weight);
                if (row >= 60 && row < 120) {
                    window.add(label, predictions[row], weight);
                }
            }

            SeriesResult result = Evaluation.of(outcomes, HOURLY).series().get(0);

            all.values()
                    .forEach(
                            (name, value) ->
                                    assertThat(result.metrics().get(name).value())
                                            .as(name)
                                            .isEqualTo(value, tolerance(name)));
            WindowResult second = result.windows().get(1);
            assertThat(second.from()).isEqualTo(Duration.ofHours(1).toMillis());
            assertThat(second.examples()).isEqualTo(60);
            window.values()
                    .forEach(
                            (name, value) ->
                                    assertThat(second.metrics().get(name))
                                            .as(name)
                                            .isEqualTo(value, tolerance(name)));
        }
    }

    /** The set's AUC counts by bins. */
    private static Offset<Double> tolerance(String metric) {
        return within(metric.equals("auc") ? 1e-3 : 1e-12);
    }

    @Test
    void equalSeriesDoNotDiffer() {
        Random random = new Random(3);
        for (Recorded recorded :
                List.of(Recorded.clicks(random, EXAMPLES), Recorded.ratings(random, EXAMPLES))) {
            float[] predictions = recorded.predict("a", "0", random, 0.5);
            recorded.add("b", "0", predictions.clone());

            List<Comparison> comparisons = Evaluation.of(recorded.outcomes(), HOURLY).pipelines();

            assertThat(comparisons).isNotEmpty();
            for (Comparison comparison : comparisons) {
                assertThat(comparison.difference()).isZero();
                assertThat(comparison.low()).isZero();
                assertThat(comparison.high()).isZero();
                assertThat(comparison.pValue()).isEqualTo(1.0);
            }
        }
    }

    @Test
    void aBetterSeriesIsCalledInEveryMetricOfQuality() {
        Random random = new Random(4);
        Recorded clicks = Recorded.clicks(random, EXAMPLES);
        clicks.predict("good", "0", random, 0.1);
        clicks.predict("bad", "0", random, 1.5);
        Recorded ratings = Recorded.ratings(random, EXAMPLES);
        ratings.predict("good", "0", random, 0.1);
        ratings.predict("bad", "0", random, 0.3);

        Stream.of(clicks, ratings)
                .flatMap(r -> Evaluation.of(r.outcomes(), HOURLY).pipelines().stream())
                .filter(c -> !List.of("calibration", "bias").contains(c.metric()))
                .forEach(
                        c -> {
                            Goal goal = Goal.of(c.metric());
                            assertThat(goal.better(c.difference(), 0)).as(c.metric()).isTrue();
                            assertThat(goal.better(c.low(), 0)).as(c.metric()).isTrue();
                            assertThat(goal.better(c.high(), 0)).as(c.metric()).isTrue();
                            assertThat(c.pValue()).as(c.metric()).isEqualTo(1 / 201.0);
                        });
    }

    @Test
    void pipelinesMeetAtTheFirstSyncAndSyncsWithinAPipeline() {
        Random random = new Random(5);
        Recorded recorded = Recorded.ratings(random, 600);
        for (String pipeline : List.of("a", "b", "c")) {
            for (String sync : List.of("0", "1h", "never")) {
                recorded.predict(pipeline, sync, random, 0.5);
            }
        }

        EvaluationResult result = Evaluation.of(recorded.outcomes(), HOURLY);

        assertThat(pairs(result.pipelines())).containsExactly("a/0-b/0", "a/0-c/0", "b/0-c/0");
        assertThat(pairs(result.syncs()))
                .containsExactly(
                        "a/0-a/1h",
                        "a/0-a/never",
                        "b/0-b/1h",
                        "b/0-b/never",
                        "c/0-c/1h",
                        "c/0-c/never");
    }

    private static List<String> pairs(List<Comparison> comparisons) {
        return comparisons.stream()
                .map(
                        c ->
                                c.a().pipeline()
                                        + "/"
                                        + c.a().sync()
                                        + "-"
                                        + c.b().pipeline()
                                        + "/"
                                        + c.b().sync())
                .distinct()
                .toList();
    }

    @Test
    void comparesWhereBothPredicted() {
        Random random = new Random(6);
        Recorded recorded = Recorded.clicks(random, EXAMPLES);
        float[] a = recorded.predict("a", "0", random, 0.5);
        float[] b = recorded.predict("b", "0", random, 0.5);
        for (int row = 0; row < EXAMPLES; row++) {
            if (row % 3 == 0) {
                a[row] = Float.NaN;
            }
            if (row % 5 == 0) {
                b[row] = Float.NaN;
            }
        }
        Recorded common = Recorded.clicks(new Random(6), EXAMPLES);
        common.add("a", "0", where(a, b));
        common.add("b", "0", where(b, a));

        EvaluationResult result = Evaluation.of(recorded.outcomes(), HOURLY);

        assertThat(result.series().get(0).examples()).isEqualTo(EXAMPLES - EXAMPLES / 3 - 1);
        assertThat(result.pipelines())
                .isEqualTo(Evaluation.of(common.outcomes(), HOURLY).pipelines());
    }

    private static float[] where(float[] predictions, float[] others) {
        float[] both = predictions.clone();
        for (int row = 0; row < both.length; row++) {
            both[row] = Float.isNaN(others[row]) ? Float.NaN : both[row];
        }
        return both;
    }

    @Test
    void oneMoreSeriesChangesNoOther() {
        Recorded two = withSeries(2);
        Recorded three = withSeries(3);

        EvaluationResult of2 = Evaluation.of(two.outcomes(), HOURLY);
        EvaluationResult of3 = Evaluation.of(three.outcomes(), HOURLY);

        assertThat(of3.series().subList(0, 2)).isEqualTo(of2.series());
        assertThat(of3.pipelines()).containsAll(of2.pipelines());
        assertThat(of3.baseRate()).isEqualTo(of2.baseRate());
        assertThat(Evaluation.of(three.outcomes(), HOURLY)).isEqualTo(of3);
    }

    private static Recorded withSeries(int count) {
        Random random = new Random(7);
        Recorded recorded = Recorded.clicks(random, 1000);
        recorded.slice("new:user", true, texts(recorded.users));
        for (int i = 0; i < count; i++) {
            recorded.predict("p" + i, "0", random, 0.5);
        }
        return recorded;
    }

    private static List<String> texts(long[] values) {
        return Arrays.stream(values).mapToObj(Long::toString).toList();
    }

    @Test
    void whatIsBeforeJudgeFromIsLearnedFromOnly() {
        Random random = new Random(8);
        Recorded recorded = Recorded.clicks(random, 600);
        recorded.slice(
                "new:item",
                true,
                IntStream.range(0, 600).mapToObj(i -> i < 300 ? "old" : "i" + i).toList());
        recorded.predict("a", "0", random, 0.5);

        EvaluationResult result =
                Evaluation.of(
                        recorded.outcomes(),
                        new EvaluationSettings(299 * Recorded.MINUTE, Duration.ofHours(1), 100, 1));

        assertThat(result.from()).isEqualTo(299 * Recorded.MINUTE);
        assertThat(result.to()).isEqualTo(599 * Recorded.MINUTE);
        assertThat(result.series().get(0).examples()).isEqualTo(301);
        assertThat(result.series().get(0).slices())
                .extracting(SliceResult::value, SliceResult::examples)
                .containsExactly(tuple("first", 300L), tuple("over 100", 1L));
        assertThat(result.baseRate().examples()).isEqualTo(301);
    }

    @Test
    void nothingIsJudgedBehindTheEnd() {
        Random random = new Random(10);
        Recorded recorded = Recorded.clicks(random, 600);
        recorded.predict("a", "0", random, 1);

        EvaluationResult result =
                Evaluation.of(
                        recorded.outcomes(),
                        new EvaluationSettings(0, Duration.ofHours(1), 100, 1)
                                .to(299 * Recorded.MINUTE));

        assertThat(result.to()).isEqualTo(299 * Recorded.MINUTE);
        assertThat(result.series().get(0).examples()).isEqualTo(300);
        assertThat(result.series().get(0).windows()).hasSize(5);
        assertThat(result.baseRate().examples()).isEqualTo(300);
    }

    @Test
    void withoutAJudgedExampleNothingIsSaid() {
        Random random = new Random(9);
        Recorded recorded = Recorded.clicks(random, 60);
        recorded.slice("user", false, texts(recorded.users));
        recorded.predict("a", "0", random, 0.5);
        recorded.predict("b", "0", random, 0.5);

        EvaluationResult result =
                Evaluation.of(
                        recorded.outcomes(),
                        new EvaluationSettings(60 * Recorded.MINUTE, null, 100, 1));

        assertThat(result.from()).isEqualTo(60 * Recorded.MINUTE).isEqualTo(result.to());
        assertThat(result.pipelines()).isEmpty();
        assertThat(result.series()).hasSize(2).allSatisfy(EvaluationTest::saysNothing);
        saysNothing(result.baseRate());
    }

    private static void saysNothing(SeriesResult result) {
        assertThat(result.examples()).isZero();
        assertThat(result.metrics()).isEmpty();
        assertThat(result.windows()).isEmpty();
        assertThat(result.slices()).isEmpty();
        assertThat(result.reliability()).isEmpty();
    }

    @Test
    void aSeriesThatPredictedNothingLeavesTheOthersAlone() {
        Random random = new Random(10);
        Recorded recorded = Recorded.clicks(random, 600);
        recorded.slice("user", false, texts(recorded.users));
        recorded.predict("a", "0", random, 0.5);
        recorded.add("b", "0", Recorded.constant(600, Float.NaN));

        EvaluationResult result = Evaluation.of(recorded.outcomes(), HOURLY);

        assertThat(result.series().get(0).metrics()).containsKey("auc");
        assertThat(result.series().get(1).examples()).isZero();
        assertThat(result.series().get(1).metrics()).isEmpty();
        assertThat(result.series().get(1).windows()).isEmpty();
        assertThat(result.series().get(1).slices())
                .hasSameSizeAs(result.series().get(0).slices())
                .allSatisfy(slice -> assertThat(slice.metrics()).isEmpty());
        assertThat(result.pipelines()).isEmpty();
    }

    @Test
    void oneClassHasNoRankMetrics() {
        Random random = new Random(11);
        Recorded recorded = Recorded.clicks(random, 600);
        Arrays.fill(recorded.labels, 0);
        recorded.predict("a", "0", random, 0.5);

        SortedMap<String, Estimate> metrics =
                Evaluation.of(recorded.outcomes(), HOURLY).series().get(0).metrics();

        assertThat(metrics).containsOnlyKeys("logloss", "ece");
    }

    @Test
    void weightsOfZeroLeaveNoMetric() {
        Random random = new Random(12);
        for (Recorded recorded :
                List.of(Recorded.clicks(random, 600), Recorded.ratings(random, 600))) {
            Arrays.fill(recorded.weights, 0);
            recorded.predict("a", "0", random, 0.5);

            SeriesResult result = Evaluation.of(recorded.outcomes(), HOURLY).series().get(0);

            assertThat(result.examples()).isEqualTo(600);
            assertThat(result.metrics()).isEmpty();
            assertThat(result.windows()).hasSize(10);
            assertThat(result.reliability()).isEmpty();
        }
    }

    @Test
    void fewerThanFiveWindowsGiveNoInterval() {
        Random random = new Random(13);
        Recorded recorded = Recorded.ratings(random, 5 * 60);
        recorded.predict("a", "0", random, 0.5);
        recorded.predict("b", "0", random, 0.5);
        EvaluationResult five = Evaluation.of(recorded.outcomes(), HOURLY);
        assertThat(five.series().get(0).metrics().get("rmse").low()).isNotNull();
        assertThat(five.pipelines().get(0).low()).isNotNull();
        assertThat(five.pipelines().get(0).pValue()).isNotNull();

        EvaluationResult four =
                Evaluation.of(
                        recorded.outcomes(),
                        new EvaluationSettings(60 * Recorded.MINUTE, Duration.ofHours(1), 200, 7));

        assertThat(four.series().get(0).metrics().get("rmse").low()).isNull();
        assertThat(four.series().get(0).metrics().get("rmse").high()).isNull();
        assertThat(four.pipelines().get(0).low()).isNull();
        assertThat(four.pipelines().get(0).pValue()).isNull();
    }

    @Test
    void withoutReplicatesNothingIsDrawn() {
        Random random = new Random(14);
        Recorded recorded = Recorded.clicks(random, 600);
        recorded.predict("a", "0", random, 0.5);
        recorded.predict("b", "0", random, 0.5);

        EvaluationResult result =
                Evaluation.of(
                        recorded.outcomes(), new EvaluationSettings(0, Duration.ofHours(1), 0, 7));

        assertThat(result.series().get(0).metrics().get("auc").low()).isNull();
        assertThat(result.pipelines().get(0).low()).isNull();
        assertThat(result.pipelines().get(0).pValue()).isNull();
    }

    @Test
    void aTimeFarAwayIsAWindowOfItsOwn() {
        Random random = new Random(15);
        Recorded recorded = Recorded.ratings(random, 600);
        recorded.times[300] = Long.MAX_VALUE;
        recorded.times[301] = Long.MIN_VALUE;
        recorded.predict("a", "0", random, 0.5);

        List<WindowResult> windows =
                Evaluation.of(
                                recorded.outcomes(),
                                new EvaluationSettings(Long.MIN_VALUE, Duration.ofHours(1), 100, 1))
                        .series()
                        .get(0)
                        .windows();

        assertThat(windows).hasSize(12);
        assertThat(windows.get(0).from()).isEqualTo(Long.MIN_VALUE);
        assertThat(windows.get(0).examples()).isEqualTo(1);
        assertThat(windows.get(11).to()).isEqualTo(Long.MAX_VALUE);
    }

    /** GAUC is told apart from AUC by users whose clicks differ in number, not in order. */
    @Test
    void gaucIsWithinUsersOfAWindow() {
        Recorded recorded = Recorded.clicks(new Random(16), 8);
        Arrays.fill(recorded.weights, 1);
        System.arraycopy(new long[] {1, 2, 1, 2, 3, 3, 1, 1}, 0, recorded.users, 0, 8);
        System.arraycopy(new float[] {1, 0, 0, 1, 1, 1, 0, 1}, 0, recorded.labels, 0, 8);
        Arrays.setAll(recorded.times, i -> i < 6 ? i : 2 * 3_600_000L);
        recorded.add("a", "0", new float[] {0.9f, 0.5f, 0.8f, 0.5f, 0.1f, 0.2f, 0.95f, 0.05f});

        SeriesResult result = Evaluation.of(recorded.outcomes(), HOURLY).series().get(0);

        assertThat(result.windows().get(0).metrics().get("gauc")).isEqualTo(0.75);
        assertThat(result.windows().get(1).metrics().get("gauc")).isEqualTo(0);
        assertThat(result.metrics().get("gauc").value()).isEqualTo(0.5);
    }

    @Test
    void refusesSettingsThatMakeNoSense() {
        assertThatThrownBy(() -> new EvaluationSettings(0, Duration.ZERO, 1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 ms");
        assertThatThrownBy(() -> new EvaluationSettings(0, null, -1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-1 replicates");
    }
}
