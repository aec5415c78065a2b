package io.millrace.jobs.cli.backtest;

import io.millrace.jobs.cli.explain.ExplainSection;
import io.millrace.jobs.cli.explain.Explained;
import io.millrace.model.evaluate.SeriesResult;
import java.util.List;
import java.util.function.Consumer;

/**
 * A backtest as one HTML page that needs nothing beside it: its charts are drawn by a script that
 * is in it, and what they show stands in tables too, so that it reads without scripts.
 */
public final class ReportPage {

    static final String BASE_RATE = "base rate";

    private final BacktestReport report;
    private final Verdict verdict;
    private final PageTables tables;
    private final HtmlText html = new HtmlText();

    private ReportPage(BacktestReport report) {
        this.report = report;
        verdict = new Verdict(report);
        tables = new PageTables(report, verdict, html);
    }

    /** The page's text. */
    public static String of(BacktestReport report) {
        return new ReportPage(report).write();
    }

    private String write() {
        boolean drawsCrosses = report.pipelines().stream().anyMatch(one -> one.crosses() != null);
        html.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.raw("<meta name=\"color-scheme\" content=\"light dark\">\n");
        html.tags("<title>Backtest: %s</title>\n", verdict.title());
        html.raw("<style>\n").raw(ExplainSection.style());
        html.raw(ChartScript.resource("backtest.css"));
        html.raw("</style>\n</head>\n<body>\n<main>\n");
        header();
        overview();
        overTime();
        if (report.pipelines().size() > 1) {
            comparisons();
        }
        reliability();
        if (report.syncs().size() > 1) {
            freshness();
        }
        slices();
        crosses();
        howToRead();
        new PageProvenance(report, html).write();
        html.raw("</main>\n<script type=\"application/json\" id=\"data\">");
        html.raw(PageData.of(report)).raw("</script>\n<script>\n");
        html.raw(ChartScript.text()).raw("\n</script>\n<script>\n");
        html.raw(ChartScript.resource("backtest.js"));
        if (drawsCrosses) {
            html.raw(ExplainSection.script());
        }
        return html.raw("</script>\n</body>\n</html>\n").toString();
    }

    private void header() {
        BacktestReport.Data data = report.data();
        html.raw("<header>\n");
        html.tags(
                "<p class=\"over\">Backtest of %s, %s, %s to %s UTC</p>\n",
                data.source(),
                Figures.count(data.examples(), "example"),
                Figures.minute(data.from()),
                Figures.minute(data.to()));
        html.tags("<h1>%s</h1>\n", verdict.title());
        html.paragraph("lead", verdict.headline());
        String unfinished = report.unfinished();
        if (unfinished != null) {
            html.paragraph("partial", "This is a partial result: " + unfinished);
        }
        if (data.rejected() > 0) {
            html.tags(
                    "<p class=\"note\">%s could not be used: <a href=\"#left-out\">which, and"
                            + " why</a>.</p>\n",
                    Figures.count(data.rejected(), "record"));
        }
        html.raw("</header>\n");
        metricSwitch();
    }

    /** Shown by the script, which alone can act on it. */
    private void metricSwitch() {
        if (report.metrics().size() < 2) {
            return;
        }
        html.raw("<fieldset class=\"switch\" id=\"switch\" hidden>\n<legend>Metric</legend>\n");
        for (ReportMetric metric : report.metrics()) {
            html.tags(
                    "<label title=\"%s\"><input type=\"radio\" name=\"metric\""
                            + " value=\"%s\"><span>%s</span></label>\n",
                    metric.meaning(), metric.key(), metric.title());
        }
        html.raw("</fieldset>\n");
    }

    private void overview() {
        html.raw("<section>\n<h2>All metrics</h2>\n");
        html.paragraph(
                "note",
                (report.pipelines().size() > 1 ? "In bold the best pipeline; below" : "Below")
                        + " each value its 95% interval."
                        + (report.syncs().size() > 1 || !report.syncs().get(0).equals("0")
                                ? " Serving weights follow the trained ones "
                                        + Figures.sync(report.syncs().get(0))
                                        + "."
                                : ""));
        tables.overview();
        html.raw("</section>\n");
    }

    private void overTime() {
        html.raw("<section>\n<h2>By event time</h2>\n");
        html.paragraph(
                "note",
                "One point for each "
                        + Figures.span(report.result().window())
                        + ", UTC. A name in the legend hides its curve.");
        chart("time", "wide", "The chosen metric of each pipeline by event time");
        details("The windows as a table", metric -> tables.windows(metric));
        html.raw("</section>\n");
    }

    private void comparisons() {
        html.raw("<section>\n<h2>Is the difference real?</h2>\n");
        html.paragraph(
                "note",
                "The first pipeline's metric minus the second's; the bar is the 95% interval, and"
                        + " the dot is filled where the difference is more than chance.");
        report.metrics().forEach(metric -> block(metric, () -> tables.comparisons(metric)));
        html.raw("</section>\n");
    }

    private void reliability() {
        if (report.firsts().stream().allMatch(one -> one.reliability().isEmpty())) {
            return;
        }
        html.raw("<section>\n<h2>Reliability</h2>\n");
        html.paragraph(
                "note",
                "What was predicted against what came, in bins of about equal numbers of examples."
                        + " On the dashed line predictions are right on average.");
        chart("reliability", "square", "Mean label against mean prediction of each pipeline");
        html.raw("<details>\n<summary>The bins as a table</summary>\n");
        tables.reliability();
        html.raw("</details>\n</section>\n");
    }

    private void freshness() {
        html.raw("<section>\n<h2>What freshness is worth</h2>\n");
        html.paragraph(
                "note",
                "The same training, predicted with serving weights that follow the trained ones"
                        + " less and less often in event time; bars are 95% intervals."
                        + (report.syncs().contains("never")
                                ? " \"never\" keeps the weights of "
                                        + Figures.time(report.judgeFrom())
                                        + " UTC."
                                : "")
                        + " In the table, below each interval: how far it is from "
                        + Figures.sync(report.syncs().get(0))
                        + ", and the chance of that if they were equal.");
        chart("freshness", "wide", "The chosen metric against how often serving weights follow");
        report.metrics().forEach(metric -> block(metric, () -> tables.freshness(metric)));
        html.raw("</section>\n");
    }

    private void slices() {
        List<String> columns =
                report.firsts().stream()
                        .flatMap(one -> one.slices().stream())
                        .map(SeriesResult.SliceResult::column)
                        .distinct()
                        .toList();
        if (columns.isEmpty()) {
            return;
        }
        html.raw("<section>\n<h2>Slices</h2>\n");
        html.paragraph(
                "note",
                "The same metric over some of the examples; bars compare within a table."
                        + (report.pipelines().size() > 1
                                ? " The best pipeline of a row is in bold."
                                : ""));
        for (String column : columns) {
            report.metrics().forEach(metric -> block(metric, () -> tables.slices(column, metric)));
        }
        html.raw("</section>\n");
    }

    private void crosses() {
        html.raw("<section>\n<h2>What was learned about pairs of features</h2>\n");
        for (BacktestReport.Participant one : report.pipelines()) {
            Explained crosses = one.crosses();
            html.tags("<h3>%s, %s</h3>\n", one.name(), one.architecture());
            if (crosses == null) {
                html.paragraph("note", one.noCrosses());
            } else {
                html.raw(ExplainSection.of(crosses));
            }
        }
        html.raw("</section>\n");
    }

    private void howToRead() {
        html.raw("<section class=\"text\">\n<h2>How to read this</h2>\n");
        verdict.howToRead().forEach(text -> html.paragraph("", text));
        html.raw("<dl>\n");
        report.metrics()
                .forEach(
                        metric ->
                                html.tags(
                                        "<dt>%s</dt><dd>%s</dd>\n",
                                        metric.title(), metric.meaning()));
        html.tags(
                "<dt>%s</dt><dd>a predictor that says the mean label of all examples before</dd>\n",
                BASE_RATE);
        html.raw("</dl>\n</section>\n");
    }

    private void chart(String id, String shape, String label) {
        html.tags(
                "<div class=\"chart %s\"><canvas id=\"%s\" role=\"img\" aria-label=\"%s; the table"
                        + " below has the numbers\"></canvas></div>\n",
                shape, id, label);
    }

    private void details(String summary, Consumer<ReportMetric> table) {
        html.tags("<details>\n<summary>%s</summary>\n", summary);
        report.metrics().forEach(metric -> block(metric, () -> table.accept(metric)));
        html.raw("</details>\n");
    }

    /** What is shown when its metric is chosen, and always where there is no script. */
    private void block(ReportMetric metric, Runnable content) {
        html.tags("<div data-metric=\"%s\">\n", metric.key());
        content.run();
        html.raw("</div>\n");
    }
}
