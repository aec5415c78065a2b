package io.millrace.model.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ExampleWeightingTest {

    private static final ExampleWeighting FAKE = ExampleWeighting.FAKE_NEGATIVES;
    private final Loss loss = Loss.of(new Objective.Click());

    @Test
    void usageExample() {
        assertThat(FAKE.of(1, 0.25)).isEqualTo(1.25);
        assertThat(FAKE.of(0, 0.25)).isEqualTo(0.9375);
        assertThat(ExampleWeighting.NONE.of(0, 0.25)).isEqualTo(1);
    }

    /** Of each impression a negative, and of a clicked one a positive too. */
    @ParameterizedTest
    @ValueSource(doubles = {0.001, 0.03, 0.3, 0.8})
    void theExpectedDerivativeIsZeroAtTheClickRateAlone(double rate) {
        assertThat(derivative(rate, rate)).isCloseTo(0, within(1e-15));
        for (double p : new double[] {rate / 2, rate * 0.99}) {
            assertThat(derivative(p, rate)).isNegative();
        }
        for (double p : new double[] {rate * 1.01, (1 + rate) / 2}) {
            assertThat(derivative(p, rate)).isPositive();
        }
    }

    /** At the click rate the weights are those of importance sampling. */
    @Test
    void weighsAsImportanceSamplingDoes() {
        double rate = 0.2;
        double positives = rate / (1 + rate);

        assertThat(FAKE.of(1, rate)).isCloseTo(rate / positives, within(1e-12));
        assertThat(FAKE.of(0, rate)).isCloseTo((1 - rate) / (1 - positives), within(1e-12));
    }

    private double derivative(double p, double rate) {
        double logit = Math.log(p / (1 - p));
        return rate * FAKE.of(1, p) * loss.derivative(logit, 1)
                + FAKE.of(0, p) * loss.derivative(logit, 0);
    }
}
