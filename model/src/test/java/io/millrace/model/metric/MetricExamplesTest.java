package io.millrace.model.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.loss.ExampleWeighting;
import io.millrace.model.loss.NegativeSample;
import io.millrace.model.loss.Objective;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Metrics of what is learned against those of all impressions with their labels. */
final class MetricExamplesTest {

    private static final Objective CLICKS = new Objective.Click();
    private static final List<Scored> IMPRESSIONS =
            Scored.clicks(new Random(4), 200_000, -2.5, 1).stream()
                    .map(scored -> new Scored(scored.label(), scored.prediction(), 1))
                    .toList();

    private final MetricSet learned = MetricSet.of(CLICKS);

    @Test
    void usageExample() {
        MetricExamples examples =
                new MetricExamples(new Objective.Click(0.25), ExampleWeighting.NONE);

        examples.add(1, 0.5, 1, learned);
        examples.add(0, 0.5, 1, learned);

        assertThat(learned.values().get(Calibration.NAME)).isEqualTo((0.5 + 4 * 0.5) / 1);
        assertThat(learned.examples()).isEqualTo(2);
    }

    @Test
    void sampledNegativesStandForAll() {
        double rate = 0.1;
        NegativeSample sample = new NegativeSample(rate);
        MetricExamples examples =
                new MetricExamples(new Objective.Click(rate), ExampleWeighting.NONE);
        for (int i = 0; i < IMPRESSIONS.size(); i++) {
            Scored scored = IMPRESSIONS.get(i);
            if (scored.label() > 0 || sample.contains("i" + i)) {
                examples.add(scored.label(), scored.prediction(), 1, learned);
            }
        }

        Map<String, Double> truth = truth();
        assertThat(learned.examples()).isLessThan(IMPRESSIONS.size() / 4);
        learned.values()
                .forEach(
                        (name, value) ->
                                assertThat(value).isCloseTo(truth.get(name), within(0.01)));
    }

    @Test
    void aClickTakesTheNegativeOfItsImpressionBack() {
        MetricExamples examples = new MetricExamples(CLICKS, ExampleWeighting.FAKE_NEGATIVES);
        for (Scored scored : IMPRESSIONS) {
            examples.add(0, scored.prediction(), 1, learned);
        }
        for (Scored scored : IMPRESSIONS) {
            if (scored.label() > 0) {
                examples.add(1, scored.prediction(), 1, learned);
            }
        }

        assertSameAsTruth();
    }

    @Test
    void aReversalTakesItsNegativeBack() {
        MetricExamples examples = new MetricExamples(new Objective.Click(1), ExampleWeighting.NONE);
        for (Scored scored : IMPRESSIONS) {
            examples.add(0, scored.prediction(), 1, learned);
            if (scored.label() > 0) {
                examples.add(0, scored.prediction(), -1, learned);
                examples.add(1, scored.prediction(), 1, learned);
            }
        }

        assertSameAsTruth();
    }

    @Test
    void ofSampledNegativesAReversalTakesBackAsMuchAsWasAdded() {
        MetricExamples examples =
                new MetricExamples(new Objective.Click(0.1), ExampleWeighting.NONE);
        examples.add(0, 0.3, 1, learned);
        examples.add(1, 0.6, 1, learned);
        Map<String, Double> before = Map.copyOf(learned.values());

        examples.add(0, 0.9, 1, learned);
        examples.add(0, 0.9, -1, learned);

        learned.values()
                .forEach(
                        (name, value) ->
                                assertThat(value).isCloseTo(before.get(name), within(1e-12)));
    }

    private void assertSameAsTruth() {
        Map<String, Double> truth = truth();
        assertThat(learned.values()).containsOnlyKeys(truth.keySet());
        learned.values()
                .forEach(
                        (name, value) ->
                                assertThat(value).isCloseTo(truth.get(name), within(1e-9)));
    }

    private static Map<String, Double> truth() {
        MetricSet truth = MetricSet.of(CLICKS);
        IMPRESSIONS.forEach(scored -> truth.add(scored.label(), scored.prediction(), 1));
        return truth.values();
    }
}
