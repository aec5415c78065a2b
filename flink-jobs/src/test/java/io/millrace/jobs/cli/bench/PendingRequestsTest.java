package io.millrace.jobs.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PendingRequestsTest {

    private static final long MILLI = 1_000_000;

    private final PendingRequests pending = new PendingRequests();

    @Test
    void usageExample() throws InterruptedException {
        pending.measureFrom(100 * MILLI);
        pending.sent("a", 100 * MILLI);
        pending.sent("b", 110 * MILLI);
        assertThat(pending.await(1, 0)).isFalse();

        pending.answered("b", 113 * MILLI);
        assertThat(pending.await(1, 0)).isTrue();
        assertThat(pending.unanswered()).isEqualTo(1);
        pending.answered("a", 107 * MILLI);

        assertThat(pending.unanswered()).isZero();
        assertLatency(3, 7);
    }

    @Test
    void whatIsDueBeforeTheWindowIsAwaitedButNotMeasured() {
        pending.measureFrom(100 * MILLI);
        pending.sent("a", 99 * MILLI);
        pending.sent("b", 100 * MILLI);

        pending.answered("a", 900 * MILLI);
        pending.answered("b", 102 * MILLI);

        assertThat(pending.unanswered()).isZero();
        assertLatency(2, 2);
    }

    @Test
    void requestsOfOneIdAreAnsweredInTheirOrder() {
        pending.sent("a", 10 * MILLI);
        pending.sent("a", 20 * MILLI);

        pending.answered("a", 21 * MILLI);
        pending.answered("a", 22 * MILLI);

        assertLatency(2, 11);
    }

    @Test
    void answersThatNobodyWaitsForAreOfNoInterest() {
        pending.sent("a", 10 * MILLI);
        pending.sent("b", 10 * MILLI);

        pending.answered("a", 14 * MILLI);
        pending.answered("a", 90 * MILLI);
        pending.answered("c", 90 * MILLI);

        assertThat(pending.unanswered()).isEqualTo(1);
        assertLatency(4, 4);
    }

    @Test
    void aNewWindowForgetsTheLatenciesButNotTheRequests() {
        pending.sent("a", 10 * MILLI);
        pending.sent("b", 10 * MILLI);
        pending.answered("a", 90 * MILLI);

        pending.measureFrom(100 * MILLI);

        assertThat(pending.unanswered()).isEqualTo(1);
        assertThat(pending.latency().p50()).isNaN();
    }

    private void assertLatency(double p50, double p99) {
        assertThat(pending.latency().p50()).isCloseTo(p50, within(0.01 * p50));
        assertThat(pending.latency().p99()).isCloseTo(p99, within(0.01 * p99));
    }
}
