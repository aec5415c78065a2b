package io.millrace.jobs.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.cli.measure.Quantiles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

class RisingLoadTest {

    private final List<Double> rates = new ArrayList<>();
    private final List<ScoreLoad> told = new ArrayList<>();

    @Test
    void usageExample() throws InterruptedException {
        run(latency(3), latency(10), latency(11), latency(12), latency(13));

        assertThat(rates).containsExactly(100.0, 150.0, 225.0, 225.0, 225.0);
        assertThat(told)
                .extracting(ScoreLoad::p99OfSeconds)
                .containsExactly(3., 10., 11., 12., 13.);
    }

    @Test
    void oneSlowMomentIsNotTheEnd() throws InterruptedException {
        run(latency(11), latency(12), latency(9), latency(11), latency(12), latency(13));

        assertThat(rates).containsExactly(100.0, 100.0, 100.0, 150.0, 150.0, 150.0);
    }

    @Test
    void aMissingAnswerIsTheEnd() throws InterruptedException {
        run(latency(1), answered(0.99));

        assertThat(rates).containsExactly(100.0, 150.0);
        assertThat(told.get(1).isWithin(Duration.ofMillis(10))).isFalse();
    }

    private void run(ScoreLoad... loads) throws InterruptedException {
        Iterator<ScoreLoad> next = List.of(loads).iterator();
        new RisingLoad(100, Duration.ofMillis(10))
                .run(
                        rate -> {
                            rates.add(rate);
                            return next.next();
                        },
                        told::add);
        assertThat(next).isExhausted();
    }

    private static ScoreLoad latency(double p99) {
        return new ScoreLoad(1, 1, new Quantiles(1, 99), p99, 1);
    }

    private static ScoreLoad answered(double share) {
        return new ScoreLoad(1, 1, new Quantiles(1, 1), 1, share);
    }
}
