package io.millrace.jobs.cli;

import io.millrace.jobs.cli.backtest.BacktestReport;
import io.millrace.jobs.cli.backtest.Figures;
import io.millrace.jobs.cli.backtest.Verdict;
import java.util.List;
import java.util.Locale;

/** What a backtest says on the screen. */
final class BacktestScreen {

    private static final int REJECTED_SHOWN = 5;

    private final OutputOptions output;

    BacktestScreen(OutputOptions output) {
        this.output = output;
    }

    /** What is about to be done. */
    void begin(BacktestWork work, long judgeFrom) {
        output.say(
                "Backtest of %s, %s, judged from %s UTC",
                work.input().source(),
                Figures.count(work.input().history().size(), "event"),
                Figures.time(judgeFrom));
        BacktestTables tables =
                new BacktestTables(work.entrants(), work.input().history(), work.input().source());
        tables.lines().forEach(line -> output.say("  %s", line));
        for (BacktestEntrant one : work.entrants()) {
            output.say(
                    "  %s: %s, begins with %s",
                    one.name(),
                    one.config().model().architecture().type(),
                    BacktestStart.words(work.start(), one));
            String missing = tables.missing(one);
            if (!missing.isEmpty()) {
                output.say("    %s", missing);
            }
        }
        if (work.input().badRowCount() > 0) {
            output.say(
                    "  %s of the input cannot be used",
                    Figures.count(work.input().badRowCount(), "row"));
        }
    }

    /**
     * What came of it.
     *
     * @param absent fields to slice by that no example has
     */
    void end(BacktestReport report, List<String> absent) {
        Verdict verdict = new Verdict(report);
        if (report.unfinished() != null) {
            output.say("%nThis is a partial result: %s", report.unfinished());
        }
        output.say("%n%s%n", verdict.headline());
        table(report.table());
        comparisons(report, verdict);
        if (report.syncs().size() > 1) {
            output.say("%n%s by how often serving weights follow:", report.metric().title());
            table(report.freshnessTable());
        }
        absent.forEach(field -> output.say("%n--slice %s: no event has it", field));
        rejected(report);
        output.say(
                "%n%s in %.1f s: %,.0f examples/s for %s.",
                Figures.count(report.data().examples(), "example"),
                report.throughput().seconds(),
                report.throughput().examplesPerSecond(),
                Figures.count(report.pipelines().size(), "pipeline"));
    }

    private void table(List<List<String>> rows) {
        Table table = new Table(rows.get(0).toArray(String[]::new));
        rows.stream().skip(1).forEach(row -> table.row(row.toArray(String[]::new)));
        table.lines().forEach(line -> output.say("%s", line.stripTrailing()));
    }

    private void comparisons(BacktestReport report, Verdict verdict) {
        List<String> sentences = verdict.comparisons();
        if (!sentences.isEmpty()) {
            output.say("");
            sentences.forEach(sentence -> output.say("  %s", sentence));
        }
    }

    private void rejected(BacktestReport report) {
        BacktestReport.Data data = report.data();
        if (data.rejected() == 0) {
            return;
        }
        output.say(
                "%n%s could not be used%s",
                Figures.count(data.rejected(), "record"),
                data.rejected() > REJECTED_SHOWN
                        ? String.format(Locale.ROOT, "; the first %d:", REJECTED_SHOWN)
                        : ":");
        data.shown().stream()
                .limit(REJECTED_SHOWN)
                .forEach(
                        event ->
                                output.say(
                                        "  %s%s: %s",
                                        event.origin(),
                                        event.pipeline().isEmpty()
                                                ? ""
                                                : ", pipeline " + event.pipeline(),
                                        BacktestReport.why(event)));
    }
}
