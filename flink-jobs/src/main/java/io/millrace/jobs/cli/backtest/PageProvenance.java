package io.millrace.jobs.cli.backtest;

import io.millrace.jobs.backtest.OutcomeFile.RejectedEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What a page says of where its numbers are from, and how to get them again. */
final class PageProvenance {

    private final BacktestReport report;
    private final HtmlText html;

    PageProvenance(BacktestReport report, HtmlText html) {
        this.report = report;
        this.html = html;
    }

    void write() {
        throughput();
        madeOf();
        pipelines();
        leftOut();
    }

    private void throughput() {
        BacktestReport.Throughput throughput = report.throughput();
        html.raw("<section class=\"text\">\n<h2>Throughput</h2>\n");
        html.paragraph(
                "",
                String.format(
                        Locale.ROOT,
                        "%,.0f examples a second, for %s together: %s in %.1f s.",
                        throughput.examplesPerSecond(),
                        Figures.count(report.pipelines().size(), "pipeline"),
                        Figures.count(report.data().examples(), "example"),
                        throughput.seconds()));
        html.raw("</section>\n");
    }

    private void madeOf() {
        html.raw("<section class=\"text\">\n<h2>Make it again</h2>\n<pre><code>");
        html.tags("%s", report.command());
        html.raw("</code></pre>\n");
        html.paragraph(
                "note",
                "The same command over the same data gives the same numbers to the last digit, but"
                        + " for the throughput.");
        html.raw("<dl>\n");
        facts().forEach((name, fact) -> html.tags("<dt>%s</dt><dd>%s</dd>\n", name, fact));
        html.raw("</dl>\n</section>\n");
    }

    private Map<String, String> facts() {
        BacktestReport.Data data = report.data();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Millrace", report.release());
        facts.put("Data", data.source());
        facts.putAll(data.facts());
        facts.put("Data fingerprint", data.fingerprint());
        facts.put("Events read", Figures.count(data.events()));
        if (data.profiles() > 0) {
            facts.put("Profile records used", Figures.count(data.profiles()));
        }
        facts.put(
                "Examples",
                String.format(
                        Locale.ROOT,
                        "%s, %s to %s UTC",
                        Figures.count(data.examples()),
                        Figures.time(data.from()),
                        Figures.time(data.to())));
        facts.put("Judged from", Figures.time(report.judgeFrom()) + " UTC");
        facts.put("Windows", Figures.span(report.result().window()));
        facts.put(
                "Weights follow",
                report.syncs().stream().map(Figures::sync).collect(Collectors.joining(", ")));
        return facts;
    }

    private void pipelines() {
        html.raw("<section class=\"text\">\n<h2>Pipelines</h2>\n");
        for (BacktestReport.Participant one : report.pipelines()) {
            html.tags("<h3>%s</h3>\n<dl>\n", one.name());
            fact("File", one.file());
            fact("Architecture", one.architecture());
            fact("Specification", one.specification());
            fact("Began with", one.start());
            Long last = one.lastVersion();
            String versions = one.versions();
            fact(
                    "Last version",
                    last == null
                            ? "none"
                            : versions == null
                                    ? last + ", which was not kept; --versions keeps it"
                                    : last + " in " + versions);
            html.raw("</dl>\n");
            html.tags(
                    "<details>\n<summary>%s</summary>\n<pre><code>%s</code></pre>\n</details>\n",
                    one.file(), one.text());
        }
        html.raw("</section>\n");
    }

    private void fact(String name, String fact) {
        html.tags("<dt>%s</dt><dd>%s</dd>\n", name, fact);
    }

    private void leftOut() {
        long rejected = report.data().rejected();
        html.raw("<section id=\"left-out\">\n<h2>What was left out</h2>\n");
        if (rejected == 0) {
            html.paragraph("", "Nothing that a pipeline reads.");
        } else {
            rejected(rejected, report.data().shown());
        }
        html.raw("</section>\n");
    }

    private void rejected(long rejected, List<RejectedEvent> shown) {
        html.paragraph(
                "",
                Figures.count(rejected, "record")
                        + " could not be used"
                        + (shown.size() < rejected
                                ? "; the first " + Figures.count(shown.size()) + " are:"
                                : ":"));
        html.raw(
                "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Rejected"
                        + " records\">\n<table>\n<thead><tr><th scope=\"col\">where</th><th"
                        + " scope=\"col\">pipeline</th><th scope=\"col\">why</th></tr></thead>\n");
        html.raw("<tbody>\n");
        for (RejectedEvent event : shown) {
            html.tags(
                    "<tr><th scope=\"row\">%s</th><td class=\"words\">%s</td><td"
                            + " class=\"words\">%s</td></tr>\n",
                    event.origin(),
                    event.pipeline().isEmpty() ? "all" : event.pipeline(),
                    BacktestReport.why(event));
        }
        html.raw("</tbody>\n</table>\n</div>\n");
    }
}
