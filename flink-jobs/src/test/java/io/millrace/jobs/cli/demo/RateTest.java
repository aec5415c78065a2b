package io.millrace.jobs.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RateTest {

    @Test
    void rateIsOfTheLastSeconds() {
        Rate rate = new Rate();

        assertThat(rate.at(0, 0)).isZero();
        assertThat(rate.at(1_000, 10)).isEqualTo(10);
        assertThat(rate.at(5_000, 90)).isEqualTo(20);
        assertThat(rate.at(6_000, 110)).isEqualTo(20);
    }
}
