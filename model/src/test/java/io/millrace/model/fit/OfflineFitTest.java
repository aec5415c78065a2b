package io.millrace.model.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.Adam;
import io.millrace.model.parameter.RowOptimizer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OfflineFitTest {

    private static final int BATCH = 48;
    private static final Criterion RMSE = Criterion.of(Planted.RATING);

    private final Split.Parts parts = Split.parse("random:0.8").of(Planted.examples(), 42);

    @Test
    void usageExample() {
        try (OfflineFit fit =
                new OfflineFit(Planted.spec(1), new FitSettings(30, BATCH, 0), RMSE)) {
            FitResult result = fit.fit(parts.learned(), List.of(), parts.held());

            // Always to say 3 makes an error of 1.
            assertThat(result.value()).isLessThan(0.1);
            assertThat(result.epochs()).isEqualTo(30);
        }
    }

    @Test
    void parametersAreThoseOfTheNetworkAndOfTheValuesLearnedFrom() {
        List<Example> some = Planted.examples().subList(0, 3 * Planted.ITEMS);

        FitResult result = fit(Planted.spec(1), new FitSettings(1, BATCH, 0), some, List.of());

        int width = 2 * Planted.DIMENSION;
        int network = width * width + width + width * 8 + 8 + width + 8 + 1;
        assertThat(result.parameters())
                .isEqualTo(network + (3 + Planted.ITEMS) * (long) Planted.DIMENSION);
    }

    @Test
    void theSameSeedGivesTheSameResultAndAnotherOneAnother() {
        FitSettings settings = new FitSettings(3, BATCH, 0);

        double value = fit(Planted.spec(1), settings, parts.learned(), List.of()).value();

        assertThat(fit(Planted.spec(1), settings, parts.learned(), List.of()).value())
                .isEqualTo(value);
        assertThat(fit(Planted.spec(2), settings, parts.learned(), List.of()).value())
                .isNotEqualTo(value);
    }

    @Test
    void examplesAreShuffledAnewInEachEpoch() {
        int inOneEpoch = rowUpdates(1);

        // User by user, each batch would have one user and all items.
        assertThat(inOneEpoch).isGreaterThan(Planted.USERS * (1 + Planted.ITEMS));
        // In one order, batches of two epochs would have the same users and items.
        assertThat(rowUpdates(2)).isNotEqualTo(2 * inOneEpoch);
    }

    @Test
    void stopsWhenItGetsNoBetterAndKeepsTheBestWeights() {
        List<Example> noise = Planted.noise(3);
        Split.Parts noisy = Split.parse("random:0.8").of(noise, 42);
        CountedAdam dense = new CountedAdam();
        int patience = 3;

        FitResult stopped =
                fit(
                        Planted.spec(1, Planted.RATING, adam(), dense),
                        new FitSettings(200, BATCH, patience),
                        noisy.learned(),
                        noisy.held());

        int batches = noisy.learned().size() / BATCH;
        assertThat(stopped.epochs()).isLessThan(100);
        assertThat(dense.updates()).isEqualTo((stopped.epochs() + patience) * batches);
        assertThat(stopped.value())
                .isEqualTo(
                        fit(
                                        Planted.spec(1),
                                        new FitSettings(stopped.epochs(), BATCH, 0),
                                        noisy.learned(),
                                        List.of())
                                .value());
    }

    @Test
    void trainsForAllEpochsWhileItGetsBetter() {
        FitResult result =
                fit(Planted.spec(1), new FitSettings(12, BATCH, 6), parts.learned(), parts.held());

        assertThat(result.epochs()).isEqualTo(12);
    }

    /** No negative is dropped here, but predictions are corrected as if some were. */
    @Test
    void whereNegativesAreSampledAllOfThemCountForTheSample() {
        Objective sampled = new Objective.Click(0.1);
        Random random = new Random(8);
        List<Example> clicks =
                Planted.examples().stream()
                        .map(example -> example.labelled(random.nextInt(2), 1))
                        .toList();
        Split.Parts halves = Split.parse("random:0.5").of(clicks, 42);
        ModelSpec spec = Planted.spec(1, sampled, adam(), adam());
        try (OfflineFit fit =
                new OfflineFit(
                        spec, new FitSettings(2, BATCH, 0), new Criterion(sampled, "logloss"))) {
            FitResult result = fit.fit(halves.learned(), List.of(), halves.held());

            // Of predictions that are one half, 0.69; of those for a tenth of the negatives, 1.25.
            assertThat(result.value()).isLessThan(0.9);
        }
    }

    @Test
    void clicksAreJudgedByAuc() {
        Objective click = new Objective.Click();
        ModelSpec spec = Planted.spec(1, click, adam(), adam());
        try (OfflineFit fit =
                new OfflineFit(spec, new FitSettings(30, BATCH, 5), Criterion.of(click))) {
            FitResult result =
                    fit.fit(
                            asClicks(parts.learned()),
                            asClicks(parts.held()),
                            asClicks(parts.held()));

            assertThat(result.value()).isGreaterThan(0.99);
            assertThat(result.epochs()).isGreaterThan(1);
        }
    }

    @Test
    void examplesThatCannotTellWhenToStopAreRefused() {
        Objective click = new Objective.Click();
        List<Example> clicks = asClicks(parts.learned());
        List<Example> positives = clicks.stream().filter(example -> example.label() > 0).toList();
        FitSettings patient = new FitSettings(1, BATCH, 1);
        try (OfflineFit fit =
                new OfflineFit(
                        Planted.spec(1, click, adam(), adam()), patient, Criterion.of(click))) {
            assertThatThrownBy(() -> fit.fit(clicks, positives, clicks))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("auc has no value")
                    .hasMessageContaining("one label");
        }
        assertThatThrownBy(() -> fit(Planted.spec(1), patient, parts.learned(), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rmse has no value")
                .hasMessageContaining("there are none");
    }

    @Test
    void aMetricThatOneClassIsEnoughForIsDefinedOverIt() {
        List<Example> some = asClicks(parts.held());
        List<Example> negatives = some.stream().filter(example -> example.label() == 0).toList();

        for (String metric : List.of("auc", "logloss", "normalized_entropy")) {
            Criterion criterion = new Criterion(new Objective.Click(), metric);
            assertThat(criterion.isDefinedOver(some)).isTrue();
            assertThat(criterion.isDefinedOver(negatives)).isEqualTo(metric.equals("logloss"));
            assertThat(criterion.isDefinedOver(List.of())).isFalse();
        }
    }

    @Test
    void settingsMustMakeSense() {
        assertThatThrownBy(() -> new FitSettings(0, 1, 0)).hasMessageContaining("epochs is 0");
        assertThatThrownBy(() -> new FitSettings(1, 0, 0)).hasMessageContaining("micro-batch is 0");
        assertThatThrownBy(() -> new FitSettings(1, 1, -1)).hasMessageContaining("patience is -1");
        assertThatThrownBy(() -> new Criterion(Planted.RATING, "auc"))
                .hasMessageContaining("no metric \"auc\"")
                .hasMessageContaining("[rmse, mae]");
    }

    @Test
    void anUndefinedValueIsWorseThanAny() {
        Criterion auc = Criterion.of(new Objective.Click());

        assertThat(auc.isBetter(0.6, 0.5)).isTrue();
        assertThat(RMSE.isBetter(0.6, 0.5)).isFalse();
        assertThat(auc.isBetter(Double.NaN, 0.5)).isFalse();
        assertThat(auc.isBetter(0.5, Double.NaN)).isTrue();
        assertThat(auc.isBetter(Double.NaN, Double.NaN)).isFalse();
    }

    private FitResult fit(
            ModelSpec spec, FitSettings settings, List<Example> learned, List<Example> stopping) {
        try (OfflineFit fit = new OfflineFit(spec, settings, RMSE)) {
            return fit.fit(learned, stopping, parts.held());
        }
    }

    /** Updates of embeddings over examples that come user by user. */
    private int rowUpdates(int epochs) {
        CountedAdam rows = new CountedAdam();
        ModelSpec spec = Planted.spec(1, Planted.RATING, rows, adam());
        var unused =
                fit(spec, new FitSettings(epochs, Planted.ITEMS, 0), Planted.examples(), List.of());
        return rows.updates();
    }

    private static List<Example> asClicks(List<Example> ratings) {
        return ratings.stream()
                .map(example -> example.labelled(example.label() > 3 ? 1 : 0, 1))
                .toList();
    }

    private static Adam adam() {
        return new Adam(0.02, 0.9, 0.999, 1e-8);
    }

    /** Adam that counts its updates of rows. */
    private static final class CountedAdam implements RowOptimizer {

        private final Adam adam = adam();
        private final AtomicInteger updates = new AtomicInteger();

        int updates() {
            return updates.get();
        }

        @Override
        public String type() {
            return adam.type();
        }

        @Override
        public int stateSize(int width) {
            return adam.stateSize(width);
        }

        @Override
        public void update(float[] row, int at, int width, float[] gradient, int gradientAt) {
            updates.incrementAndGet();
            adam.update(row, at, width, gradient, gradientAt);
        }
    }
}
