package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.history.TimeRange;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.TypeConversionException;

class ReplayOptionsTest {

    @ParameterizedTest
    @CsvSource({
        "2014-10-21, 2014-10-21T00:00:00Z",
        "2014-10-21T06:30:00Z, 2014-10-21T06:30:00Z",
        "2014-10-21T06:30:00.25Z, 2014-10-21T06:30:00.250Z",
        "2014-10-21T06:30:00+02:00, 2014-10-21T04:30:00Z"
    })
    void momentsAreReadInUtc(String text, Instant expected) {
        assertThat(new InstantConverter().convert(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "today", "2014-13-01", "2014-10-21T06:30:00", "1413874200000"})
    void otherTextIsNoMoment(String text) {
        assertThatThrownBy(() -> new InstantConverter().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("expected a date such as 2014-10-21, or a moment")
                .hasMessageContaining("found \"" + text + "\"");
    }

    @ParameterizedTest
    @CsvSource({"10x, 10", "0.5x, 0.5", "1x, 1", "1000000x, 1000000"})
    void speedsAreFactors(String text, double expected) {
        assertThat(new SpeedConverter().convert(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "10", "0x", "-1x", "1e3x", "fast", "10 x"})
    void otherTextIsNoSpeed(String text) {
        assertThatThrownBy(() -> new SpeedConverter().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("expected a factor above 0 such as 10x or 0.5x, found");
    }

    @Test
    void aRangeIsOpenWhereNothingIsSaid() {
        assertThat(range()).isEqualTo(TimeRange.ALL);
        assertThat(range("--from", "1970-01-02"))
                .isEqualTo(new TimeRange(86_400_000, TimeRange.ALL.to()));
        assertThat(range("--to", "1970-01-02"))
                .isEqualTo(new TimeRange(TimeRange.ALL.from(), 86_400_000));
        assertThatThrownBy(() -> range("--from", "1970-01-02", "--to", "1970-01-02"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("must be before --to 1970-01-02T00:00:00Z");
    }

    private static TimeRange range(String... words) {
        WithRange command = new WithRange();
        new CommandLine(command)
                .registerConverter(Instant.class, new InstantConverter())
                .parseArgs(words);
        return command.range.range();
    }

    @Command
    private static final class WithRange {
        @CommandLine.Mixin private final RangeOptions range = new RangeOptions();
    }
}
