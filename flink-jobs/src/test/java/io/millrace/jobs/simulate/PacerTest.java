package io.millrace.jobs.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PacerTest {

    private final FakeTicker ticker = new FakeTicker();

    @Test
    void usageExample() throws InterruptedException {
        Pacer pacer = new Pacer(1, ticker);

        pacer.await(5_000);
        pacer.await(5_250);
        pacer.await(5_300);

        assertThat(ticker.slept).containsExactly(250_000_000L, 50_000_000L);
    }

    @Test
    void speedShortensTheSchedule() throws InterruptedException {
        Pacer pacer = new Pacer(10, ticker);

        pacer.await(0);
        pacer.await(1000);

        assertThat(ticker.slept).containsExactly(100_000_000L);
    }

    @Test
    void lateMomentsAreLetThroughUntilTheScheduleIsMet() throws InterruptedException {
        Pacer pacer = new Pacer(1, ticker);
        pacer.await(0);
        ticker.now += 30_000_000;

        assertThat(pacer.await(10)).isEqualTo(20_000_000);
        assertThat(pacer.await(30)).isZero();
        assertThat(pacer.await(35)).isZero();
        assertThat(ticker.slept).containsExactly(5_000_000L);
    }

    @Test
    void infiniteSpeedNeverSleeps() throws InterruptedException {
        Pacer pacer = new Pacer(Double.POSITIVE_INFINITY, ticker);
        pacer.await(0);
        pacer.await(1_000_000);

        assertThat(ticker.slept).isEmpty();
    }

    @Test
    void refusesNoSpeed() {
        assertThatThrownBy(() -> new Pacer(0)).hasMessageContaining("speed must be above 0");
        assertThatThrownBy(() -> new Pacer(Double.NaN)).hasMessageContaining("speed");
    }

    @Test
    void systemTickerSleepsAtLeastAsLongAsAsked() throws InterruptedException {
        Pacer pacer = new Pacer(1);
        long start = System.nanoTime();
        pacer.await(0);
        pacer.await(20);

        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20_000_000);
    }

    private static final class FakeTicker implements Pacer.Ticker {

        private final List<Long> slept = new ArrayList<>();
        private long now = 77;

        @Override
        public long nanos() {
            return now;
        }

        @Override
        public void sleep(long nanos) {
            slept.add(nanos);
            now += nanos;
        }
    }
}
