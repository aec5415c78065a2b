package io.millrace.jobs.cli.backtest;

import io.millrace.model.evaluate.Comparison;
import io.millrace.model.evaluate.Estimate;
import io.millrace.model.evaluate.SeriesResult;
import io.millrace.model.evaluate.SeriesResult.ReliabilityBin;
import io.millrace.model.evaluate.SeriesResult.SliceResult;
import io.millrace.model.evaluate.SeriesResult.WindowResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The tables of a page; each scrolls within itself. */
final class PageTables {

    private final BacktestReport report;
    private final Verdict verdict;
    private final HtmlText html;
    private final List<SeriesResult> firsts;

    PageTables(BacktestReport report, Verdict verdict, HtmlText html) {
        this.report = report;
        this.verdict = verdict;
        this.html = html;
        firsts = report.firsts();
    }

    /** Pipelines by metrics, the base rate last. */
    void overview() {
        List<ReportMetric> metrics = report.metrics();
        List<String> headings = new ArrayList<>(List.of("pipeline"));
        metrics.forEach(metric -> headings.add(metric.title()));
        headings.add("examples");
        begin("All metrics of all pipelines", headings);
        List<Map<String, Double>> values = firsts.stream().map(PageTables::values).toList();
        for (int row = 0; row < firsts.size(); row++) {
            overviewRow(row, firsts.get(row), metrics, values);
        }
        overviewRow(-1, report.result().baseRate(), metrics, values);
        end();
    }

    private void overviewRow(
            int row,
            SeriesResult series,
            List<ReportMetric> metrics,
            List<Map<String, Double>> values) {
        html.raw("<tr>");
        rowHeading(row, row < 0 ? ReportPage.BASE_RATE : series.series().pipeline());
        for (ReportMetric metric : metrics) {
            Estimate estimate = series.metrics().get(metric.key());
            boolean best = row >= 0 && BacktestReport.best(values, metric) == row;
            html.raw(best ? "<td class=\"best\">" : "<td>");
            html.tags(
                    "%s<small>%s</small></td>",
                    Figures.metric(estimate == null ? null : (Double) estimate.value()),
                    Figures.interval(estimate));
        }
        html.tags("<td>%s</td></tr>\n", Figures.count(series.examples()));
    }

    /** Windows by pipelines, the base rate last. */
    void windows(ReportMetric metric) {
        List<String> headings = new ArrayList<>(List.of("from (UTC)", "examples"));
        headings.addAll(names());
        headings.add(ReportPage.BASE_RATE);
        begin(metric.title() + " by window", headings);
        List<SeriesResult> all =
                Stream.concat(firsts.stream(), Stream.of(report.result().baseRate())).toList();
        SortedMap<Long, List<@Nullable WindowResult>> windows = new TreeMap<>();
        for (int i = 0; i < all.size(); i++) {
            for (WindowResult window : all.get(i).windows()) {
                windows.computeIfAbsent(
                                window.from(),
                                from -> Arrays.asList(new @Nullable WindowResult[all.size()]))
                        .set(i, window);
            }
        }
        windows.forEach((from, row) -> windowRow(from, row, metric));
        end();
    }

    private void windowRow(long from, List<@Nullable WindowResult> row, ReportMetric metric) {
        long examples =
                row.stream()
                        .filter(Objects::nonNull)
                        .mapToLong(WindowResult::examples)
                        .max()
                        .orElse(0);
        html.tags(
                "<tr><th scope=\"row\">%s</th><td>%s</td>",
                Figures.time(from), Figures.count(examples));
        List<SortedMap<String, Double>> values =
                row.stream()
                        .map(
                                window ->
                                        window == null
                                                ? new TreeMap<String, Double>()
                                                : window.metrics())
                        .toList();
        int best = BacktestReport.best(values.subList(0, firsts.size()), metric);
        for (int i = 0; i < values.size(); i++) {
            cell(values.get(i).get(metric.key()), i == best);
        }
        html.raw("</tr>\n");
    }

    /** Each two pipelines, as a drawing and in words. */
    void comparisons(ReportMetric metric) {
        List<Comparison> comparisons =
                report.result().pipelines().stream()
                        .filter(comparison -> comparison.metric().equals(metric.key()))
                        .toList();
        html.tags("<h3>%s</h3>\n", metric.title());
        if (comparisons.isEmpty()) {
            html.paragraph("note", "It is not defined for two pipelines at once.");
            return;
        }
        double reach = comparisons.stream().mapToDouble(PageTables::reach).max().orElse(1);
        begin(
                "Differences in " + metric.title(),
                List.of(
                        "pair",
                        "which is",
                        "difference",
                        "\u2190 lower \u00b7 higher \u2192",
                        "p"));
        for (Comparison one : comparisons) {
            String a = one.a().pipeline();
            String b = one.b().pipeline();
            html.tags("<tr><th scope=\"row\" class=\"pair\">%s \u2212 %s</th>", a, b);
            html.tags("<td class=\"words\">%s</td>", verdict.called(one, a, b));
            html.tags("<td>%s</td>", Figures.signed(one.difference()));
            forest(one, reach > 0 ? reach : 1);
            html.tags("<td>%s</td></tr>\n", p(one));
        }
        end();
    }

    /** A whisker and a dot around 0 in the middle. */
    private void forest(Comparison one, double reach) {
        Double low = one.low();
        Double high = one.high();
        html.raw("<td class=\"forest\"><div>");
        if (low != null && high != null) {
            html.tags(
                    "<i style=\"left:%.2f%%;width:%.2f%%\"></i>",
                    place(low, reach), place(high, reach) - place(low, reach));
        }
        html.tags(
                "<b class=\"%s\" style=\"left:%.2f%%\" title=\"%s\"></b></div></td>",
                verdict.isSure(one) ? "sure" : "",
                place(one.difference(), reach),
                low == null || high == null
                        ? Figures.signed(one.difference())
                        : Figures.signed(low) + " to " + Figures.signed(high));
    }

    private static double place(double difference, double reach) {
        return 50 + 48 * difference / reach;
    }

    private static double reach(Comparison one) {
        return DoubleStream.of(
                        one.difference(),
                        one.low() == null ? 0 : one.low(),
                        one.high() == null ? 0 : one.high())
                .map(Math::abs)
                .max()
                .orElse(0);
    }

    private static String p(Comparison one) {
        Double p = one.pValue();
        return p == null ? Figures.NONE : Figures.p(p).replaceFirst("^p (= )?", "");
    }

    /** Bins of each pipeline. */
    void reliability() {
        begin(
                "Predictions and labels by bin",
                List.of("pipeline", "examples", "mean prediction", "mean label"));
        for (int i = 0; i < firsts.size(); i++) {
            for (ReliabilityBin bin : firsts.get(i).reliability()) {
                html.raw("<tr>");
                rowHeading(i, firsts.get(i).series().pipeline());
                html.tags("<td>%s</td>", Figures.count(bin.examples()));
                cell(bin.prediction(), false);
                cell(bin.label(), false);
                html.raw("</tr>\n");
            }
        }
        end();
    }

    /** Pipelines by syncs, and how each sync compares with the first. */
    void freshness(ReportMetric metric) {
        html.tags("<h3>%s</h3>\n", metric.title());
        List<String> headings = new ArrayList<>(List.of("weights follow"));
        headings.addAll(names());
        begin(metric.title() + " by sync", headings);
        for (String sync : report.syncs()) {
            html.tags("<tr><th scope=\"row\">%s</th>", Figures.sync(sync));
            for (BacktestReport.Participant one : report.pipelines()) {
                SeriesResult series = report.series(one.name(), sync);
                Estimate estimate = series.metrics().get(metric.key());
                html.tags(
                        "<td>%s<small>%s</small><small>%s</small></td>",
                        Figures.metric(estimate == null ? null : (Double) estimate.value()),
                        Figures.interval(estimate),
                        beside(series, metric));
            }
            html.raw("</tr>\n");
        }
        end();
    }

    /** How it differs from the first sync; empty for that itself. */
    private String beside(SeriesResult series, ReportMetric metric) {
        return report.result().syncs().stream()
                .filter(one -> one.metric().equals(metric.key()))
                .filter(one -> one.b().equals(series.series()))
                .map(
                        one ->
                                Figures.signed(-one.difference())
                                        + (one.pValue() == null
                                                ? ""
                                                : ", " + Figures.p(one.pValue())))
                .collect(Collectors.joining());
    }

    /** Values of a column by pipelines. */
    void slices(String column, ReportMetric metric) {
        List<String> headings = new ArrayList<>(List.of(column, "examples"));
        headings.addAll(names());
        html.tags("<h3>%s by %s</h3>\n", metric.title(), column);
        begin(metric.title() + " by " + column, headings);
        List<String> rows =
                firsts.stream()
                        .flatMap(one -> one.slices().stream())
                        .filter(slice -> slice.column().equals(column))
                        .map(SliceResult::value)
                        .distinct()
                        .toList();
        double most =
                firsts.stream()
                        .flatMap(one -> one.slices().stream())
                        .filter(slice -> slice.column().equals(column))
                        .map(slice -> slice.metrics().get(metric.key()))
                        .filter(Objects::nonNull)
                        .mapToDouble(Math::abs)
                        .max()
                        .orElse(1);
        for (String row : rows) {
            sliceRow(column, row, metric, most > 0 ? most : 1);
        }
        end();
    }

    private void sliceRow(String column, String row, ReportMetric metric, double most) {
        List<SortedMap<String, Double>> values = new ArrayList<>();
        long examples = 0;
        for (SeriesResult series : firsts) {
            SliceResult slice = slice(series, column, row);
            values.add(slice == null ? new TreeMap<>() : slice.metrics());
            examples = Math.max(examples, slice == null ? 0 : slice.examples());
        }
        html.tags("<tr><th scope=\"row\">%s</th><td>%s</td>", row, Figures.count(examples));
        int best = BacktestReport.best(values, metric);
        for (int i = 0; i < values.size(); i++) {
            Double value = values.get(i).get(metric.key());
            html.raw(i == best ? "<td class=\"best\">" : "<td>");
            html.tags("%s", Figures.metric(value));
            if (value != null) {
                html.tags(
                        "<i class=\"size c%d\" style=\"width:%.1f%%\"></i>",
                        color(i), 100 * Math.abs(value) / most);
            }
            html.raw("</td>");
        }
        html.raw("</tr>\n");
    }

    private static @Nullable SliceResult slice(SeriesResult series, String column, String value) {
        return series.slices().stream()
                .filter(one -> one.column().equals(column) && one.value().equals(value))
                .findFirst()
                .orElse(null);
    }

    private void begin(String label, List<String> headings) {
        html.tags(
                "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"%s\">\n<table>\n",
                label);
        html.raw("<thead><tr>");
        headings.forEach(heading -> html.tags("<th scope=\"col\">%s</th>", heading));
        html.raw("</tr></thead>\n<tbody>\n");
    }

    private void end() {
        html.raw("</tbody>\n</table>\n</div>\n");
    }

    /** A name with the mark of its colour; the base rate, -1, has none. */
    private void rowHeading(int index, String name) {
        if (index < 0) {
            html.tags("<th scope=\"row\">%s</th>", name);
        } else {
            html.tags("<th scope=\"row\"><i class=\"mark c%d\"></i>%s</th>", color(index), name);
        }
    }

    private void cell(@Nullable Double value, boolean best) {
        html.raw(best ? "<td class=\"best\">" : "<td>");
        html.tags("%s</td>", Figures.metric(value));
    }

    private List<String> names() {
        return report.pipelines().stream().map(BacktestReport.Participant::name).toList();
    }

    private static int color(int index) {
        return index % COLORS;
    }

    private static Map<String, Double> values(SeriesResult series) {
        return series.metrics().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, one -> one.getValue().value()));
    }

    /** As many as the style has. */
    private static final int COLORS = 8;
}
