package io.millrace.jobs.cli.backtest;

import io.millrace.model.evaluate.Comparison;
import io.millrace.model.evaluate.SeriesResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Who won, by how much, and how sure that is, in words.
 *
 * <p>A difference is called real when its p-value, times the number of rivals (Bonferroni), is
 * below 0.05.
 */
public final class Verdict {

    private static final double CHANCE = 0.05;

    /** Of fewer windows no way to swap them is rarer than 0.05. */
    private static final int FEWEST_WINDOWS = 6;

    private final BacktestReport report;
    private final ReportMetric metric;

    /** The pipelines that have a value of the metric, the best first. */
    private final List<SeriesResult> ranking;

    public Verdict(BacktestReport report) {
        this.report = report;
        metric = report.metric();
        ranking =
                report.firsts().stream()
                        .filter(series -> BacktestReport.value(series, metric) != null)
                        .sorted((a, b) -> metric.compare(value(a), value(b)))
                        .toList();
    }

    /** In a few words. */
    String title() {
        if (ranking.isEmpty()) {
            return "No " + metric.title() + " to judge by";
        }
        String best = name(ranking.get(0));
        if (ranking.size() == 1) {
            return String.format(
                    Locale.ROOT,
                    "%s: %s %s",
                    best,
                    metric.title(),
                    Figures.metric(value(ranking.get(0))));
        }
        return isSure(leadOf(1)) ? best + " predicted best" : "No clear winner";
    }

    /** In some sentences. */
    public String headline() {
        if (ranking.isEmpty()) {
            return "The "
                    + metric.title()
                    + " of these examples is not defined, as when all have the same label.";
        }
        List<String> sentences = new ArrayList<>();
        sentences.add(ranking.size() == 1 ? ofOne() : ofBest());
        if (ranking.size() > 2) {
            sentences.add(ofOthers());
        }
        sentences.add(ofBaseRate());
        return String.join(" ", sentences.stream().filter(text -> !text.isEmpty()).toList());
    }

    private String ofOne() {
        SeriesResult only = ranking.get(0);
        String interval = Figures.interval(only.metrics().get(metric.key()));
        return String.format(
                Locale.ROOT,
                "The %s of %s is %s%s, over %s.",
                metric.title(),
                name(only),
                Figures.metric(value(only)),
                interval.isEmpty() ? "" : " (95% interval " + interval + ")",
                evidence(only));
    }

    private String ofBest() {
        SeriesResult best = ranking.get(0);
        SeriesResult second = ranking.get(1);
        String has = name(best) + " has " + metric.best() + ", " + Figures.metric(value(best));
        Comparison lead = leadOf(1);
        String by =
                Figures.difference(lead == null ? value(best) - value(second) : lead.difference());
        if (lead == null || lead.pValue() == null || !canTell()) {
            return String.format(
                    Locale.ROOT,
                    "%s, but %s of %s %s too few to tell its lead of %s over %s from chance; a"
                            + " shorter --window makes more of them.",
                    has,
                    Figures.count(best.windows().size(), "window"),
                    Figures.span(report.result().window()),
                    best.windows().size() == 1 ? "is" : "are",
                    by,
                    name(second));
        }
        if (!isSure(lead)) {
            return String.format(
                    Locale.ROOT,
                    "%s, but its lead of %s over %s may be chance (%s), over %s.",
                    has,
                    by,
                    name(second),
                    Figures.p(lead.pValue()),
                    evidence(best));
        }
        return String.format(
                Locale.ROOT,
                "%s: ahead of %s, the next best, by %s (%s%s), over %s.",
                has,
                name(second),
                by,
                leadInterval(lead),
                Figures.p(lead.pValue()),
                evidence(best));
    }

    /** Whom the best leads for sure, where the next best is not all that there is. */
    private String ofOthers() {
        List<String> behind = new ArrayList<>();
        List<String> level = new ArrayList<>();
        for (int i = 2; i < ranking.size(); i++) {
            (isSure(leadOf(i)) ? behind : level).add(name(ranking.get(i)));
        }
        if (!canTell()) {
            return "";
        }
        if (behind.isEmpty()) {
            return "Nor can it be told from " + listed(level, "or") + ".";
        }
        return "Its lead over "
                + listed(behind, "and")
                + " is more than chance"
                + (level.isEmpty() ? "." : ", that over " + listed(level, "and") + " may be.");
    }

    private String ofBaseRate() {
        Double base = BacktestReport.value(report.result().baseRate(), metric);
        if (base == null) {
            return "";
        }
        String always = "always saying the mean label so far (" + Figures.metric(base) + ")";
        if (!metric.isBetter(value(ranking.get(0)), base)) {
            return ranking.size() == 1
                    ? "That is no better than " + always + "."
                    : "No pipeline is better than " + always + ".";
        }
        return ranking.size() == 1 ? "That is better than " + always + "." : "";
    }

    /** Each two pipelines, and each pipeline's first sync with each other, in a sentence. */
    public List<String> comparisons() {
        List<String> sentences = new ArrayList<>();
        for (Comparison one : report.result().pipelines()) {
            if (one.metric().equals(metric.key())) {
                sentences.add(sentence(one, one.a().pipeline(), one.b().pipeline()));
            }
        }
        for (Comparison one : report.result().syncs()) {
            if (one.metric().equals(metric.key())) {
                sentences.add(
                        one.a().pipeline()
                                + ", weights that follow "
                                + sentence(
                                        one,
                                        Figures.sync(one.a().sync()),
                                        Figures.sync(one.b().sync())));
            }
        }
        return sentences;
    }

    /** A comparison of two pipelines, or of two syncs of one, in a sentence. */
    private String sentence(Comparison comparison, String a, String b) {
        ReportMetric of = metricOf(comparison);
        return String.format(
                Locale.ROOT,
                "%s against %s: %s %s by %s%s: %s",
                a,
                b,
                of.title(),
                comparison.difference() < 0 ? "lower" : "higher",
                Figures.difference(comparison.difference()),
                evidence(comparison),
                called(comparison, a, b));
    }

    /** What a comparison comes to. */
    String called(Comparison comparison, String a, String b) {
        ReportMetric of = metricOf(comparison);
        if (comparison.pValue() == null || !canTell()) {
            return "too few windows to tell";
        }
        if (!isSure(comparison)) {
            return "may be chance";
        }
        if (!of.hasDirection()) {
            return "they differ";
        }
        return (of.isBetter(comparison.difference(), 0) ? a : b) + " is better";
    }

    /** Whether a difference is more than chance. */
    boolean isSure(@Nullable Comparison comparison) {
        return canTell()
                && comparison != null
                && comparison.pValue() != null
                && comparison.pValue() * rivals(comparison) < CHANCE;
    }

    /** How many others were as likely to differ by chance. */
    private int rivals(Comparison comparison) {
        boolean ofPipelines = !comparison.a().pipeline().equals(comparison.b().pipeline());
        return (ofPipelines ? report.pipelines().size() : report.syncs().size()) - 1;
    }

    /** What differences are called by, and what is not in them. */
    List<String> howToRead() {
        List<String> paragraphs = new ArrayList<>();
        paragraphs.add(
                "Each example was predicted before it was learned from. Intervals hold the metric"
                        + " with 95% confidence: they come from drawing the windows of event time"
                        + " anew with replacement (bootstrap).");
        if (report.pipelines().size() > 1) {
            int rivals = report.pipelines().size() - 1;
            paragraphs.add(
                    "A p-value says how often two pipelines would differ as much or more if, in each"
                            + " window, chance had decided whose predictions are whose. A"
                            + " difference is called real when p"
                            + (rivals > 1 ? " times " + rivals + ", the number of rivals," : "")
                            + " is below 0.05. Of two pipelines only examples count that both"
                            + " predicted.");
        }
        return paragraphs;
    }

    static ReportMetric metricOf(Comparison comparison) {
        for (ReportMetric metric : ReportMetric.values()) {
            if (metric.key().equals(comparison.metric())) {
                return metric;
            }
        }
        throw new IllegalStateException("no metric " + comparison.metric());
    }

    /** How the best compares with the pipeline of a rank; null when that was not compared. */
    private @Nullable Comparison leadOf(int rank) {
        var best = ranking.get(0).series();
        var other = ranking.get(rank).series();
        return report.result().pipelines().stream()
                .filter(comparison -> comparison.metric().equals(metric.key()))
                .filter(
                        one ->
                                one.a().equals(best) && one.b().equals(other)
                                        || one.a().equals(other) && one.b().equals(best))
                .findFirst()
                .orElse(null);
    }

    private boolean canTell() {
        return report.firsts().stream().anyMatch(one -> one.windows().size() >= FEWEST_WINDOWS);
    }

    private String evidence(Comparison comparison) {
        Double p = comparison.pValue();
        String text = interval(comparison) + (p == null ? "" : Figures.p(p));
        return text.isEmpty() ? "" : " (" + text.replaceFirst(", $", "") + ")";
    }

    /** The same where the lead is told without its sign. */
    private static String leadInterval(Comparison lead) {
        Double low = lead.low();
        Double high = lead.high();
        if (low == null || high == null || lead.difference() >= 0) {
            return interval(lead);
        }
        return interval(
                new Comparison(
                        lead.b(), lead.a(), lead.metric(), -lead.difference(), -high, -low, null));
    }

    /** The 95% interval of a difference, in the midst of a bracket; empty where there is none. */
    private static String interval(Comparison one) {
        Double low = one.low();
        Double high = one.high();
        return low == null || high == null
                ? ""
                : "95% interval " + Figures.signed(low) + " to " + Figures.signed(high) + ", ";
    }

    private String evidence(SeriesResult series) {
        return String.format(
                Locale.ROOT,
                "%s %s in %s of %s",
                Figures.count(series.examples()),
                report.examplesAre(),
                Figures.count(series.windows().size(), "window"),
                Figures.span(report.result().window()));
    }

    private double value(SeriesResult series) {
        Double value = BacktestReport.value(series, metric);
        return value == null ? Double.NaN : value;
    }

    private static String name(SeriesResult series) {
        return series.series().pipeline();
    }

    private static String listed(List<String> names, String last) {
        int size = names.size();
        return size == 1
                ? names.get(0)
                : String.join(", ", names.subList(0, size - 1))
                        + " "
                        + last
                        + " "
                        + names.get(size - 1);
    }
}
