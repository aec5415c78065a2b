package io.millrace.jobs.cli.explain;

import static io.millrace.jobs.cli.explain.Html.escaped;

import java.util.List;
import java.util.Locale;

/**
 * A heat map as a figure: its cells are an SVG that stretches with the page, its labels are text
 * that does not. A map wider than the page scrolls below its row labels, which stay.
 */
record HeatMapHtml(HeatMap map, String unit) {

    /** Maps of at most so many columns have their values in the cells, on small screens too. */
    private static final int FEW_COLUMNS = 7;

    /** And on large screens. */
    private static final int SOME_COLUMNS = 14;

    private static final int LONGEST_LABEL = 24;
    private static final int TICKS = 5;

    void appendTo(StringBuilder html) {
        int label = Math.min(LONGEST_LABEL, Math.max(4, map.longestName()));
        html.append("<figure class=\"").append(size()).append("\">\n<figcaption><b>");
        html.append(escaped(title())).append("</b> <span>").append(escaped(unit));
        html.append("</span></figcaption>\n");
        appendScale(html);
        html.append(
                String.format(
                        Locale.ROOT,
                        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"%s\">\n",
                        escaped(title())));
        html.append(
                String.format(
                        Locale.ROOT,
                        "<div class=\"map\" style=\"--columns:%d;--rows:%d;--chars:%d\">\n",
                        map.columns().size(),
                        map.rows().size(),
                        label));
        appendLabels(html, "columns", map.columns());
        appendLabels(html, "rows", map.rows());
        appendCells(html);
        html.append(
                "</div>\n</div>\n<p class=\"readout\" aria-hidden=\"true\">"
                        + "Point at or tap a cell for its value</p>\n</figure>\n");
    }

    private String size() {
        int columns = map.columns().size();
        return columns <= FEW_COLUMNS ? "few" : columns <= SOME_COLUMNS ? "some" : "many";
    }

    private String title() {
        return map.title().substring(0, 1).toUpperCase(Locale.ROOT) + map.title().substring(1);
    }

    private void appendScale(StringBuilder html) {
        html.append("<div class=\"scale\"><div class=\"bar\"></div><div class=\"ticks\">");
        for (int tick = 0; tick < TICKS; tick++) {
            html.append("<span>")
                    .append(Wording.number(map.at((double) tick / (TICKS - 1)), map.digits()))
                    .append("</span>");
        }
        html.append("</div></div>\n");
    }

    private static void appendLabels(StringBuilder html, String axis, List<String> names) {
        html.append("<div class=\"").append(axis).append("\">");
        for (String name : names) {
            String text = escaped(name);
            html.append("<span title=\"").append(text).append("\">").append(text).append("</span>");
        }
        html.append("</div>\n");
    }

    private void appendCells(StringBuilder html) {
        int columns = map.columns().size();
        int rows = map.rows().size();
        html.append(
                String.format(
                        Locale.ROOT,
                        "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n",
                        columns,
                        rows,
                        escaped("Heat map; the values are in the table below")));
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                appendCell(html, row, column);
            }
        }
        html.append("</svg>\n");
    }

    private void appendCell(StringBuilder html, int row, int column) {
        String names = map.rows().get(row) + " × " + map.columns().get(column);
        if (map.isEmpty(row, column)) {
            html.append(
                    String.format(
                            Locale.ROOT,
                            "<rect class=\"no\" x=\"%d\" y=\"%d\"><title>%s: none</title></rect>\n",
                            column,
                            row,
                            escaped(names)));
            return;
        }
        double value = map.values()[row][column];
        int step = map.step(row, column);
        html.append(
                String.format(
                        Locale.ROOT,
                        "<rect class=\"k%d\" x=\"%d\" y=\"%d\"><title>%s: %s</title></rect>",
                        step,
                        column,
                        row,
                        escaped(names),
                        Wording.number(value, map.digits() + 1)));
        if (map.columns().size() <= SOME_COLUMNS) {
            html.append(
                    String.format(
                            Locale.ROOT,
                            "<text class=\"i%d\" x=\"%s\" y=\"%s\">%s</text>",
                            step,
                            column + 0.5,
                            row + 0.5,
                            Wording.number(value, map.digits())));
        }
        html.append('\n');
    }
}
