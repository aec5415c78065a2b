package io.millrace.jobs.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.cli.measure.Quantiles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RisingLoadTest {

    private static final Duration LIMIT = Duration.ofMillis(10);

    private final List<Double> rates = new ArrayList<>();
    private final List<ScoreLoad> told = new ArrayList<>();

    @Test
    void usageExample() throws InterruptedException {
        run(p99(3, 1, 2), p99(10, 10, 10), p99(12, 11, 13));

        assertThat(rates).containsExactly(100., 100., 100., 150., 150., 150., 225., 225., 225.);
        assertThat(told).extracting(ScoreLoad::requestsPerSecond).containsExactly(100., 150., 225.);
        assertThat(told)
                .extracting(ScoreLoad::candidatesPerSecond)
                .containsExactly(500., 750., 1125.);
        assertThat(told)
                .extracting(load -> load.isWithin(LIMIT))
                .containsExactly(true, true, false);
    }

    @Test
    void aLoadCountsByItsMedianTry() throws InterruptedException {
        run(p99(11, 9, 500), p99(10, 9, 500), p99(9, 11, 12));

        assertThat(told).extracting(load -> load.median().latency().p99()).containsExactly(11.);
        assertThat(told.get(0).tries())
                .extracting(one -> one.latency().p99())
                .containsExactly(11., 9., 500.);
    }

    @Test
    void oneSlowWindowIsNotTheEnd() throws InterruptedException {
        run(p99(500, 9, 10), p99(9, 11, 12));

        assertThat(told)
                .extracting(load -> load.median().latency().p99())
                .containsExactly(10., 11.);
    }

    @Test
    void aMissingAnswerIsTheEndAtOnce() throws InterruptedException {
        run(p99(1, 2, 3), Stream.of(one(5, 0), one(1, 1)));

        assertThat(rates).containsExactly(100., 100., 100., 150., 150.);
        assertThat(told.get(1).tries()).hasSize(2);
        assertThat(told.get(1).median()).isEqualTo(one(1, 1));
        assertThat(told.get(1).isWithin(LIMIT)).isFalse();
    }

    @Test
    void aLoadWithoutAnyAnswerIsTheEnd() throws InterruptedException {
        run(Stream.of(one(Double.NaN, 100)));

        assertThat(told.get(0).isWithin(LIMIT)).isFalse();
    }

    @SafeVarargs
    private void run(Stream<ScoreTry>... loads) throws InterruptedException {
        Iterator<ScoreTry> next = Arrays.stream(loads).flatMap(load -> load).iterator();
        new RisingLoad(100, 5, LIMIT)
                .run(
                        rate -> {
                            rates.add(rate);
                            return next.next();
                        },
                        told::add);
    }

    private static Stream<ScoreTry> p99(double... millis) {
        return Arrays.stream(millis).mapToObj(each -> one(each, 0));
    }

    private static ScoreTry one(double p99, long unanswered) {
        return new ScoreTry(1, new Quantiles(1, p99), unanswered);
    }
}
