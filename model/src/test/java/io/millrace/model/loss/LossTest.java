package io.millrace.model.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LossTest {

    private final Loss click = Loss.of(new Objective.Click());
    private final Loss rating = Loss.of(new Objective.Rating(1, 5));

    @Test
    void usageExample() {
        assertThat(click.prediction(0)).isEqualTo(0.5f);
        assertThat(click.loss(0, 1)).isCloseTo(Math.log(2), within(1e-12));
        assertThat(rating.prediction(0.5f)).isEqualTo(3.5f);
        assertThat(rating.loss(0.5, 4)).isEqualTo(0.125);
    }

    @Test
    void clickLossIsTheNegativeLogLikelihood() {
        double probability = 1 / (1 + Math.exp(-1.7));

        assertThat(click.prediction(1.7f)).isCloseTo((float) probability, within(1e-6f));
        assertThat(click.loss(1.7, 1)).isCloseTo(-Math.log(probability), within(1e-12));
        assertThat(click.loss(1.7, 0)).isCloseTo(-Math.log(1 - probability), within(1e-12));
    }

    @ParameterizedTest
    @ValueSource(doubles = {-800, -1000, 800, 1000})
    void clickLossOfAnExtremeLogitIsItsDistance(double logit) {
        double wrong = logit > 0 ? 0 : 1;

        assertThat(click.loss(logit, wrong)).isEqualTo(Math.abs(logit));
        assertThat(click.loss(logit, 1 - wrong)).isZero();
        assertThat(click.derivative(logit, wrong)).isEqualTo(Math.signum(logit));
    }

    /** With a tenth of the negatives a click is ten times as likely among what is learned. */
    @Test
    void thePredictionIsThatOfAllNegatives() {
        Loss sampled = Loss.of(new Objective.Click(0.1));
        double learned = 1 / (1 + Math.exp(-1.7));

        double odds = 0.1 * learned / (1 - learned);

        assertThat(sampled.prediction(1.7f)).isCloseTo((float) (odds / (1 + odds)), within(1e-6f));
        assertThat(sampled.loss(1.7, 1)).isEqualTo(click.loss(1.7, 1));
        assertThat(sampled.derivative(1.7, 0)).isEqualTo(click.derivative(1.7, 0));
    }

    @Test
    void ratingIsClippedButItsDerivativeIsNot() {
        assertThat(rating.prediction(7)).isEqualTo(5);
        assertThat(rating.prediction(-7)).isEqualTo(1);
        assertThat(rating.derivative(7, 5)).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-6, -1.3, 0, 0.4, 5})
    void derivativesAreThoseOfTheLoss(double logit) {
        for (Loss loss : new Loss[] {click, rating}) {
            for (double label : new double[] {0, 1}) {
                double step = 1e-5;
                double difference =
                        (loss.loss(logit + step, label) - loss.loss(logit - step, label))
                                / (2 * step);

                assertThat(loss.derivative(logit, label)).isCloseTo(difference, within(1e-8));
            }
        }
    }
}
