package io.millrace.jobs.cli.backtest;

import io.millrace.jobs.backtest.OutcomeFile.Progress;
import io.millrace.jobs.cli.process.Terminal;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * How far a backtest is: on a terminal a bar that is drawn anew in place, else a line every ten
 * seconds.
 */
public final class BacktestProgress implements AutoCloseable {

    private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);
    private static final int WIDEST_BAR = 30;
    private static final int TEXT_WIDTH = 66;
    private static final String ERASE_TO_LINE_END = "\u001b[K";

    private final PrintWriter out;
    private final Terminal terminal;
    private final long events;
    private final LongSupplier nanoTime;
    private final long begin;
    private Duration nextLine = BETWEEN_LINES;
    private boolean drawn;

    // -- the first look at which there were examples: before it the job only started

    private long firstNanos;
    private long firstEvents = -1;
    private long firstExamples;

    /**
     * @param events in all
     * @param nanoTime a clock
     */
    public BacktestProgress(
            PrintWriter out, Terminal terminal, long events, LongSupplier nanoTime) {
        this.out = out;
        this.terminal = terminal;
        this.events = Math.max(1, events);
        this.nanoTime = nanoTime;
        begin = nanoTime.getAsLong();
    }

    /** It has come so far. */
    public void show(Progress progress) {
        long now = nanoTime.getAsLong();
        if (firstEvents < 0 && progress.examples() > 0) {
            firstNanos = now;
            firstEvents = progress.events();
            firstExamples = progress.examples();
        }
        if (terminal.interactive()) {
            out.print("\r" + line(progress, now) + ERASE_TO_LINE_END);
            out.flush();
            drawn = true;
        } else if (Duration.ofNanos(now - begin).compareTo(nextLine) >= 0) {
            nextLine = Duration.ofNanos(now - begin).plus(BETWEEN_LINES);
            out.println(line(progress, now));
            out.flush();
        }
    }

    /** Leaves the last bar behind. */
    @Override
    public void close() {
        if (drawn) {
            out.println();
            out.flush();
        }
    }

    private String line(Progress progress, long now) {
        double share = Math.min(1, (double) progress.events() / events);
        String text =
                String.format(
                        Locale.ROOT,
                        "%3.0f%%  %,d examples%s%s",
                        100 * share,
                        progress.examples(),
                        progress.rejected() == 0
                                ? ""
                                : String.format(Locale.ROOT, ", %,d rejected", progress.rejected()),
                        rate(progress, now));
        if (!terminal.interactive()) {
            return text;
        }
        int width = Math.min(WIDEST_BAR, terminal.width() - TEXT_WIDTH);
        String line = width < 5 ? text : " " + bar(share, width) + " " + text;
        return line.length() < terminal.width() ? line : line.substring(0, terminal.width() - 1);
    }

    private String rate(Progress progress, long now) {
        double seconds = (now - firstNanos) * 1e-9;
        if (firstEvents < 0 || seconds < 1 || progress.events() <= firstEvents) {
            return "";
        }
        double left = (events - progress.events()) * seconds / (progress.events() - firstEvents);
        return String.format(
                Locale.ROOT,
                "  %,.0f/s  %s left",
                (progress.examples() - firstExamples) / seconds,
                Figures.wait(Duration.ofSeconds(Math.max(0, Math.round(left)))));
    }

    private String bar(double share, int width) {
        int full = (int) Math.round(share * width);
        return (terminal.unicode() ? "\u2588" : "#").repeat(full)
                + (terminal.unicode() ? "\u2591" : ".").repeat(width - full);
    }
}
