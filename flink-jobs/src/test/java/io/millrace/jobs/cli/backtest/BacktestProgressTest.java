package io.millrace.jobs.cli.backtest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.backtest.OutcomeFile.Progress;
import io.millrace.jobs.cli.process.Terminal;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class BacktestProgressTest {

    private static final long SECOND = 1_000_000_000;

    private final StringWriter out = new StringWriter();
    private long now;

    @Test
    void aTerminalShowsABarWithRateAndTimeLeft() {
        try (BacktestProgress progress = progress(new Terminal(true, false, false, 100))) {
            progress.show(new Progress(100, 0, 0));
            now = 2 * SECOND;
            progress.show(new Progress(1000, 900, 0));
            now = 4 * SECOND;
            progress.show(new Progress(2500, 2300, 3));
        }

        String[] drawn = out.toString().split("\r");
        assertThat(drawn[1]).startsWith(" ..............................   1%  0 examples");
        assertThat(drawn[3])
                .startsWith(
                        " ########......................  25%  2,300 examples, 3 rejected  700/s "
                                + " 10 s left")
                .endsWith(System.lineSeparator());
    }

    @Test
    void elsewhereThereIsALineEveryTenSeconds() {
        try (BacktestProgress progress = progress(new Terminal(false, false, true, 80))) {
            for (int second = 1; second <= 25; second++) {
                now = second * SECOND;
                progress.show(new Progress(100L * second, 100L * second, 0));
            }
        }

        assertThat(out.toString().lines())
                .containsExactly(
                        " 10%  1,000 examples  100/s  1 min 30 s left",
                        " 20%  2,000 examples  100/s  1 min 20 s left");
    }

    @Test
    void aNarrowTerminalIsNotOverrun() {
        try (BacktestProgress progress = progress(new Terminal(true, false, true, 40))) {
            progress.show(new Progress(1, 1, 0));
            now = 5 * SECOND;
            progress.show(new Progress(1000, 1000, 12_345));
        }

        assertThat(out.toString().split("\r")[2].replace("\u001b[K", "").strip())
                .hasSizeLessThan(40);
    }

    private BacktestProgress progress(Terminal terminal) {
        return new BacktestProgress(new PrintWriter(out), terminal, 10_000, () -> now);
    }
}
