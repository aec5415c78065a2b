package io.millrace.model.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WindowLengthTest {

    @ParameterizedTest
    @CsvSource({
        "PT0S, PT1S",
        "PT20S, PT1S",
        "PT10M, PT30S",
        "PT1H, PT1M",
        "PT99M, PT5M",
        "PT2H, PT5M",
        "PT24H, PT1H",
        "P7D, PT6H",
        "P30D, P1D",
        "P59D, P2D",
        "P365D, P14D",
        "P9000D, P30D"
    })
    void cutsIntoTwentyToSixty(Duration range, Duration window) {
        long from = Duration.ofDays(20_000).toMillis();
        assertThat(WindowLength.automatic(from, from + range.toMillis()))
                .isEqualTo(window.toMillis());
    }

    @Test
    void leavesTwentyToSixtyOnlyWhereNoRoundLengthFits() {
        long from = Duration.ofDays(-3).toMillis();
        for (long minutes = 1; minutes < 40_000; minutes += 7) {
            long to = from + Duration.ofMinutes(minutes).toMillis();
            long length = WindowLength.automatic(from, to);
            double windows = (double) (to - from) / length;
            assertThat(windows).as("%d minutes", minutes).isBetween(13.0, 90.0);
        }
    }
}
