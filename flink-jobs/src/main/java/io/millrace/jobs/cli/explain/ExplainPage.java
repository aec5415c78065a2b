package io.millrace.jobs.cli.explain;

import static io.millrace.jobs.cli.explain.Html.escaped;

import io.millrace.model.explain.PairStrengths;
import io.millrace.model.explain.PairStrengths.Pair;
import io.millrace.model.version.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** An explanation as one HTML page that needs nothing beside it. */
public final class ExplainPage {

    private static final int IN_WORDS = 10;
    private static final int IN_TABLE = 2000;

    /** Beyond, lists stand below the map rather than beside it. */
    private static final int NARROW_FEATURES = 16;

    private final Explained explained;
    private final int heading;
    private final Wording wording;
    private final PairStrengths drawn;
    private final StringBuilder html = new StringBuilder();

    /**
     * @param heading level of the headings of its parts
     */
    ExplainPage(Explained explained, int heading) {
        this.explained = explained;
        this.heading = heading;
        wording = new Wording(explained);
        drawn = explained.drawn();
    }

    /** The page's text. */
    public static String of(Explained explained) {
        return new ExplainPage(explained, 2).write();
    }

    /** The pictures alone, with what they are of. */
    String section() {
        paragraph("", wording.headline());
        pictures();
        paragraph("note", "Computed of " + wording.evidence() + ".");
        return html.toString();
    }

    /** The style of the page. */
    static String style() {
        return resource("explain.css")
                + colors(ColorScale.LIGHT)
                + "@media (prefers-color-scheme: dark) {\n"
                + colors(ColorScale.DARK)
                + "}\n";
    }

    static String script() {
        return resource("explain.js");
    }

    private String write() {
        String title = explained.manifest().model() + ": pairs of features";
        html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        html.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.append("<meta name=\"color-scheme\" content=\"light dark\">\n");
        html.append("<title>").append(escaped(title)).append("</title>\n<style>\n");
        html.append(style()).append("</style>\n</head>\n<body>\n<main>\n");
        header();
        pictures();
        howToRead();
        table();
        madeOf();
        html.append("</main>\n<script>\n").append(script());
        return html.append("</script>\n</body>\n</html>\n").toString();
    }

    private void header() {
        Manifest manifest = explained.manifest();
        html.append(
                String.format(
                        Locale.ROOT,
                        "<header>\n<p class=\"over\">%s, version %,d, %s</p>\n",
                        escaped(manifest.model()),
                        manifest.version(),
                        escaped(explained.spec().architecture().type())));
        html.append("<h1>Which features work together</h1>\n");
        paragraph("lead", wording.headline());
        String caution = wording.caution();
        if (!caution.isEmpty()) {
            paragraph("note", caution);
        }
        html.append("</header>\n");
    }

    private void pictures() {
        List<HeatMap> maps = HeatMap.of(drawn);
        boolean beside = drawn.names().size() <= NARROW_FEATURES;
        html.append("<section class=\"").append(beside ? "beside" : "below").append("\">\n<div>\n");
        new HeatMapHtml(maps.get(0), wording.unit()).appendTo(html);
        paragraph("note", wording.axes());
        String leftOut = wording.leftOut();
        if (!leftOut.isEmpty()) {
            paragraph("note", leftOut);
        }
        html.append("</div>\n");
        strongest();
        html.append("</section>\n");
        if (maps.size() > 1) {
            html.append("<section>\n");
            heading("Layer by layer");
            html.append("<div class=\"layers ");
            html.append(beside ? "beside" : "below").append("\">\n");
            maps.stream()
                    .skip(1)
                    .forEach(map -> new HeatMapHtml(map, wording.unit()).appendTo(html));
            html.append("</div>\n</section>\n");
        }
        if (explained.explanation().gates() != null) {
            html.append("<section>\n");
            heading("How far the gates are open");
            HeatMap gates = HeatMap.of(explained.explanation().gates());
            new HeatMapHtml(gates, "mean of the information gate, 0 shut to 1 open").appendTo(html);
            html.append("</section>\n");
        }
    }

    private void strongest() {
        List<Pair> crosses = explained.pairs().crosses();
        html.append("<div class=\"strongest\">\n");
        heading("Strongest pairs");
        html.append("<ol>\n");
        for (Pair pair : crosses.subList(0, Math.min(IN_WORDS, crosses.size()))) {
            double share = 100 * pair.strength() / crosses.get(0).strength();
            html.append(
                    String.format(
                            Locale.ROOT,
                            "<li><b>%s</b> %s<span>%s</span><i style=\"width:%.1f%%\"></i></li>\n",
                            escaped(Wording.name(pair)),
                            wording.strength(pair),
                            escaped(wording.besideShortly(pair)),
                            Double.isFinite(share) ? share : 0));
        }
        html.append("</ol>\n</div>\n");
    }

    private void howToRead() {
        html.append("<section class=\"text\">\n<h2>How to read this</h2>\n");
        wording.howToRead().forEach(text -> paragraph("", text));
        html.append("</section>\n");
    }

    private void table() {
        List<Pair> pairs = explained.pairs().pairs();
        html.append("<section>\n<details>\n<summary>All pairs as a table</summary>\n");
        if (pairs.size() > IN_TABLE) {
            paragraph(
                    "note",
                    String.format(
                            Locale.ROOT,
                            "The strongest %,d of %,d; the JSON has all.",
                            IN_TABLE,
                            pairs.size()));
        }
        html.append("<table>\n<thead><tr><th scope=\"col\">Pair</th><th scope=\"col\">");
        html.append(escaped(wording.unit())).append("</th></tr></thead>\n<tbody>\n");
        for (Pair pair : pairs.subList(0, Math.min(IN_TABLE, pairs.size()))) {
            html.append(
                    String.format(
                            Locale.ROOT,
                            "<tr><th scope=\"row\">%s</th><td>%s</td></tr>\n",
                            escaped(Wording.name(pair)),
                            wording.strength(pair)));
        }
        html.append("</tbody>\n</table>\n</details>\n</section>\n");
    }

    private void madeOf() {
        html.append("<section class=\"text\">\n<h2>What it was made of</h2>\n<dl>\n");
        facts().forEach(
                        (name, fact) ->
                                html.append(
                                        String.format(
                                                Locale.ROOT,
                                                "<dt>%s</dt><dd>%s</dd>\n",
                                                name,
                                                escaped(fact))));
        html.append("</dl>\n<h2>Make it again</h2>\n<pre><code>");
        html.append(escaped(explained.command())).append("</code></pre>\n</section>\n");
    }

    private Map<String, String> facts() {
        Manifest manifest = explained.manifest();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Model", manifest.model());
        facts.put(
                "Version",
                String.format(
                        Locale.ROOT,
                        "%,d, of checkpoint %,d",
                        manifest.version(),
                        manifest.checkpointId()));
        facts.put("Written", Instant.ofEpochMilli(manifest.createdAt()).toString());
        facts.put("Architecture", explained.spec().architecture().type());
        facts.put("Learned from", Wording.count(manifest.examples(), "example"));
        if (!manifest.offsets().isEmpty()) {
            facts.put("Data position", position(manifest));
        }
        facts.put("Computed of", wording.evidence());
        return facts;
    }

    private static String position(Manifest manifest) {
        return manifest.offsets().entrySet().stream()
                .map(topic -> topic.getKey() + " " + partitions(topic.getValue()))
                .collect(Collectors.joining("; ", "", " (the first offsets not in it)"));
    }

    private static String partitions(Map<Integer, Long> offsets) {
        return offsets.entrySet().stream()
                .map(end -> String.format(Locale.ROOT, "%d: %,d", end.getKey(), end.getValue()))
                .collect(Collectors.joining(", "));
    }

    private void heading(String text) {
        html.append(String.format(Locale.ROOT, "<h%d>%s</h%d>\n", heading, text, heading));
    }

    private void paragraph(String kind, String text) {
        html.append(kind.isEmpty() ? "<p>" : "<p class=\"" + kind + "\">");
        html.append(escaped(text)).append("</p>\n");
    }

    private static String colors(ColorScale scale) {
        StringBuilder colors = new StringBuilder();
        StringBuilder gradient = new StringBuilder();
        for (int step = 0; step < ColorScale.STEPS; step++) {
            String color = ColorScale.hex(scale.color(step));
            String ink = ColorScale.hex(scale.ink(step));
            colors.append(
                    String.format(
                            Locale.ROOT, ".k%d{fill:%s}.i%d{fill:%s}\n", step, color, step, ink));
            gradient.append(',').append(color);
        }
        return colors.append(".bar{background:linear-gradient(90deg")
                .append(gradient)
                .append(")}\n")
                .toString();
    }

    private static String resource(String name) {
        try (InputStream in = ExplainPage.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is not where the class is");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be read", e);
        }
    }
}
