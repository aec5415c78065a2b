package io.millrace.jobs.cli.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Map;
import org.junit.jupiter.api.Test;

class FreshnessTest {

    private final Freshness freshness = new Freshness();

    @Test
    void usageExample() {
        freshness.arrived(0, 0, 100);
        freshness.arrived(0, 1, 200);
        freshness.arrived(1, 0, 300);

        // Offset 1 of partition 0 is the first that the version does not contain.
        freshness.served(Map.of(0, 1L, 1, 1L), 1000);

        assertQuantiles(freshness.quantiles(), 700, 900);
    }

    @Test
    void anEventCountsOnceForTheFirstVersionThatHasIt() {
        freshness.arrived(0, 5, 0);
        freshness.served(Map.of(0, 5L), 100);
        freshness.served(Map.of(0, 6L), 200);
        freshness.served(Map.of(0, 7L), 300);

        assertQuantiles(freshness.quantiles(), 200, 200);
    }

    @Test
    void whatIsInNoServingVersionWaits() {
        freshness.arrived(0, 0, 0);
        freshness.arrived(0, 1, 0);
        freshness.arrived(1, 7, 0);
        assertThat(freshness.waiting()).isEqualTo(3);

        freshness.served(Map.of(0, 1L, 1, 7L), 10);

        assertThat(freshness.waiting()).isEqualTo(2);
        assertThat(freshness.measured()).isEqualTo(1);
    }

    @Test
    void nothingServedIsNotANumber() {
        freshness.arrived(0, 0, 0);

        assertThat(freshness.quantiles().p50()).isNaN();
    }

    @Test
    void quantilesAreNearestRanks() {
        Delays delays = new Delays();
        for (int i = 2000; i >= 1; i--) {
            delays.add(i);
        }

        assertQuantiles(delays.quantiles(), 1000, 1980);
    }

    /** They are kept to three digits. */
    private static void assertQuantiles(Quantiles actual, double p50, double p99) {
        assertThat(actual.p50()).isCloseTo(p50, withinPercentage(0.1));
        assertThat(actual.p99()).isCloseTo(p99, withinPercentage(0.1));
    }
}
