package io.millrace.jobs.history.file;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PeriodsTest {

    @Test
    void rowsAreSpreadEvenlyOverTheirPeriod() {
        Periods periods = new Periods(1000);
        for (long begin : new long[] {0, 5000, 0, 0, 5000}) {
            periods.count(begin);
        }

        Periods.Clock clock = periods.clock();
        assertThat(clock.next(0)).isZero();
        assertThat(clock.next(0)).isEqualTo(333);
        assertThat(clock.next(5000)).isEqualTo(5000);
        assertThat(clock.next(0)).isEqualTo(666);
        assertThat(clock.next(5000)).isEqualTo(5500);
        assertThat(periods.clock().next(0)).isZero();
    }

    @Test
    void timesOfTheirOwnAreKept() {
        Periods periods = new Periods(0);
        periods.count(7);

        assertThat(periods.areSpread()).isFalse();
        assertThat(periods.clock().next(7)).isEqualTo(7);
    }
}
