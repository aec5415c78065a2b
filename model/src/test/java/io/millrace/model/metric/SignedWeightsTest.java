package io.millrace.model.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.loss.Objective;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What metrics say when examples were taken back. */
final class SignedWeightsTest {

    /** Taken back at another prediction, as a model that has learned since gives it. */
    @Test
    void anAucStaysOneWhenNegativesAreTakenBackElsewhere() {
        Random random = new Random(5);
        List<Scored> clicks = Scored.clicks(random, 20_000, -1.5, 1);
        Auc truth = new Auc();
        Auc signed = new Auc();
        for (Scored scored : clicks) {
            scored.addTo(truth);
            scored.addTo(signed);
            if (random.nextInt(10) == 0) {
                double then = scored.prediction();
                double since = 1 / (1 + Math.exp(-Math.log(then / (1 - then)) + 0.002));
                signed.add(0, then, 1);
                signed.add(0, since, -1);
            }
        }

        assertThat(signed.value().orElseThrow())
                .isCloseTo(truth.value().orElseThrow(), within(1e-3));
    }

    @Test
    void whatIsMissingInABinIsTakenFromItsNeighbours() {
        Auc auc = new Auc();
        auc.add(0, 0.2, 2);
        auc.add(0, 0.1, -1);
        auc.add(1, 0.15, 1);

        // One negative is left, at 0.2.
        assertThat(auc.value()).hasValue(0);

        auc.add(0, 0.9, -1);
        auc.add(0, 0.12, 2);
        // What is missing above all others is taken from the next below: one at 0.12, one at 0.2.
        assertThat(auc.value()).hasValue(0.5);
    }

    @Test
    void nothingIsSaidWhileMoreIsTakenBackThanWasAdded() {
        MetricSet metrics = MetricSet.of(new Objective.Click());
        metrics.add(0, 0.2, -1);
        metrics.add(0, 0.3, -1);
        metrics.add(1, 0.4, 1);

        assertThat(metrics.values()).containsOnlyKeys(Calibration.NAME);
    }
}
