package io.millrace.jobs.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ScheduleTest {

    private static final long BEGIN = 7;
    private static final long PERIOD = 5_000_000;

    private final Schedule schedule = new Schedule(BEGIN, 200);

    @Test
    void usageExample() {
        assertThat(schedule.dueNanos(0)).isEqualTo(BEGIN);
        assertThat(schedule.dueNanos(3)).isEqualTo(BEGIN + 3 * PERIOD);
        assertThat(schedule.count(Duration.ofMillis(1500))).isEqualTo(300);
    }

    @Test
    void whatIsEarlyIsNotLate() {
        assertThat(schedule.secondsLate(3, BEGIN)).isZero();
        assertThat(schedule.secondsLate(3, BEGIN + 5 * PERIOD)).isCloseTo(0.01, within(1e-9));
    }

    @Test
    void achievesItsRateWhenTheLastIsOnTime() {
        assertThat(schedule.achieved(100, 300, schedule.dueNanos(299)))
                .isCloseTo(200, within(1e-9));
    }

    @Test
    void achievesLessWhenTheLastIsLate() {
        long second = 1_000_000_000;
        assertThat(schedule.achieved(100, 300, schedule.dueNanos(299) + second))
                .as("200 in 2 s")
                .isCloseTo(100, within(1e-9));
    }
}
