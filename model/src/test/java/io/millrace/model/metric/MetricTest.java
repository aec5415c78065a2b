package io.millrace.model.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of every metric: its direct definition, merging, and its bytes. */
class MetricTest {

    private record Case(
            String name,
            Supplier<Metric> empty,
            ToDoubleFunction<List<Scored>> definition,
            double tolerance) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case("auc", Auc::new, MetricTest::auc, 1e-4),
                new Case("logloss", LogLoss::new, MetricTest::logLoss, 1e-9),
                new Case(
                        "normalized_entropy",
                        NormalizedEntropy::new,
                        MetricTest::normalizedEntropy,
                        1e-9),
                new Case("calibration", Calibration::new, MetricTest::calibration, 1e-9),
                new Case(
                        "rmse",
                        RootMeanSquaredError::new,
                        all -> Math.sqrt(mean(all, s -> square(s.prediction() - s.label()))),
                        1e-9),
                new Case(
                        "mae",
                        MeanAbsoluteError::new,
                        all -> mean(all, s -> Math.abs(s.prediction() - s.label())),
                        1e-9));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void followsItsDefinition(Case each) {
        for (int seed = 0; seed < 5; seed++) {
            List<Scored> clicks = Scored.clicks(new Random(seed), 2000, -1.5, 1);

            Metric metric = each.empty().get();
            clicks.forEach(scored -> scored.addTo(metric));

            assertThat(metric.name()).isEqualTo(each.name());
            assertThat(metric.value().orElseThrow())
                    .isEqualTo(each.definition().applyAsDouble(clicks), within(each.tolerance()));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void mergingIsAddingAll(Case each) {
        List<Scored> clicks = Scored.clicks(new Random(3), 3000, -1.5, 1);
        Metric all = each.empty().get();
        clicks.forEach(scored -> scored.addTo(all));

        Metric merged = each.empty().get();
        for (int part = 0; part < 3; part++) {
            Metric third = each.empty().get();
            clicks.subList(part * 1000, part * 1000 + 1000).forEach(s -> s.addTo(third));
            merged.merge(third);
        }

        assertThat(merged.value().orElseThrow())
                .isEqualTo(all.value().orElseThrow(), within(1e-12));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void comesBackFromItsBytes(Case each) throws Exception {
        Metric metric = each.empty().get();
        Scored.clicks(new Random(4), 500, -1.5, 1).forEach(scored -> scored.addTo(metric));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        metric.writeTo(new DataOutputStream(bytes));

        Metric back = each.empty().get();
        Scored.clicks(new Random(5), 50, -1.5, 1).forEach(scored -> scored.addTo(back));
        ByteArrayInputStream in = new ByteArrayInputStream(bytes.toByteArray());
        back.readFrom(new DataInputStream(in));

        assertThat(in.available()).isZero();
        assertThat(back.value()).isEqualTo(metric.value());
        back.merge(metric);
        metric.merge(metric);
        assertThat(back.value()).isEqualTo(metric.value());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isUndefinedBeforeTheFirstExample(Case each) {
        assertThat(each.empty().get().value()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void countsNothingForAWeightOfZero(Case each) {
        Metric metric = each.empty().get();
        metric.add(1, 0.3, 0);
        assertThat(metric.value()).isEmpty();
    }

    @Test
    void logLossOfCertaintyIsFinite() {
        LogLoss metric = new LogLoss();
        metric.add(1, 0, 1);
        metric.add(0, 1, 1);
        assertThat(metric.value().orElseThrow()).isEqualTo(-Math.log(1e-7), within(1e-6));
    }

    @Test
    void normalizedEntropyOfTheClickRateIsOne() {
        NormalizedEntropy metric = new NormalizedEntropy();
        for (int i = 0; i < 100; i++) {
            metric.add(i < 20 ? 1 : 0, 0.2, 1);
        }
        assertThat(metric.value().orElseThrow()).isEqualTo(1, within(1e-12));
    }

    @Test
    void whatNeedsBothClassesIsUndefinedForOne() {
        for (double label : new double[] {0, 1}) {
            for (Metric metric : List.of(new Auc(), new NormalizedEntropy())) {
                metric.add(label, 0.3, 1);
                metric.add(label, 0.7, 1);
                assertThat(metric.value()).isEmpty();
            }
        }
        Calibration calibration = new Calibration();
        calibration.add(0, 0.3, 1);
        assertThat(calibration.value()).isEmpty();
    }

    @Test
    void aPredictionThatIsNotANumberLeavesNoMean() {
        for (Metric metric :
                List.of(new LogLoss(), new RootMeanSquaredError(), new MeanAbsoluteError())) {
            metric.add(1, 0.5, 1);
            metric.add(1, Double.NaN, 1);
            assertThat(metric.value()).isEmpty();
        }
    }

    @Test
    void aucCountsTiesHalf() {
        Auc metric = new Auc();
        metric.add(1, 0.5, 1);
        metric.add(0, 0.5, 1);
        assertThat(metric.value()).hasValue(0.5);

        metric.add(1, 0.6, 1);
        assertThat(metric.value()).hasValue(0.75);
        metric.add(0, 0.4, 2);
        assertThat(metric.value().orElseThrow()).isEqualTo(5.5 / 6, within(1e-12));
    }

    @Test
    void aucTakesPredictionsAtAndBeyondTheLimits() {
        Auc metric = new Auc();
        metric.add(0, 0, 1);
        metric.add(0, 1e-12, 1);
        metric.add(1, 1, 1);
        metric.add(1, 1 - 1e-12, 1);
        assertThat(metric.value()).hasValue(1);
    }

    /** Rare clicks, sharp and dull models, predictions rounded so that many are equal. */
    @Test
    void aucIsWithinATenThousandthOfTheRankStatistic() {
        for (double mean : new double[] {-6, -3, 0, 2}) {
            for (double deviation : new double[] {0.1, 0.5, 1, 4}) {
                Random random = new Random((long) (100 * mean + 10 * deviation));
                List<Scored> clicks = Scored.clicks(random, 20_000, mean, deviation);
                assertAucMatches(clicks);
                assertAucMatches(
                        clicks.stream()
                                .map(
                                        s ->
                                                new Scored(
                                                        s.label(),
                                                        Math.round(s.prediction() * 50) / 50.0,
                                                        s.weight()))
                                .toList());
            }
        }
    }

    private static void assertAucMatches(List<Scored> clicks) {
        Auc metric = new Auc();
        clicks.forEach(scored -> scored.addTo(metric));
        assertThat(metric.value().orElseThrow()).isEqualTo(auc(clicks), within(1e-4));
    }

    // -- definitions

    /** Walks the predictions upwards, group of equals by group. */
    private static double auc(List<Scored> all) {
        List<Scored> sorted =
                all.stream()
                        .sorted((a, b) -> Double.compare(a.prediction(), b.prediction()))
                        .toList();
        double below = 0;
        double pairs = 0;
        for (int i = 0; i < sorted.size(); ) {
            double positives = 0;
            double negatives = 0;
            double prediction = sorted.get(i).prediction();
            for (; i < sorted.size() && sorted.get(i).prediction() == prediction; i++) {
                positives += sorted.get(i).weight() * sorted.get(i).label();
                negatives += sorted.get(i).weight() * (1 - sorted.get(i).label());
            }
            pairs += positives * below + positives * negatives / 2;
            below += negatives;
        }
        double positives = all.stream().mapToDouble(s -> s.weight() * s.label()).sum();
        return pairs / (positives * below);
    }

    private static double logLoss(List<Scored> all) {
        return mean(all, s -> -Math.log(s.label() == 1 ? s.prediction() : 1 - s.prediction()));
    }

    private static double normalizedEntropy(List<Scored> all) {
        double rate = mean(all, Scored::label);
        return logLoss(all) / -(rate * Math.log(rate) + (1 - rate) * Math.log(1 - rate));
    }

    private static double calibration(List<Scored> all) {
        return mean(all, Scored::prediction) / mean(all, Scored::label);
    }

    private static double mean(List<Scored> all, ToDoubleFunction<Scored> value) {
        double weights = all.stream().mapToDouble(Scored::weight).sum();
        return all.stream().mapToDouble(s -> s.weight() * value.applyAsDouble(s)).sum() / weights;
    }

    private static double square(double x) {
        return x * x;
    }
}
