package io.millrace.jobs.cli.backtest;

import static io.millrace.jobs.cli.explain.Html.escaped;

import java.util.Locale;

/** HTML that is being written; whatever it is given as text is escaped. */
final class HtmlText {

    private final StringBuilder html = new StringBuilder();

    /** Tags as they are. */
    HtmlText raw(String tags) {
        html.append(tags);
        return this;
    }

    /** Tags with texts in them, for {@code %s}. */
    HtmlText tags(String format, Object... texts) {
        Object[] safe = new Object[texts.length];
        for (int i = 0; i < texts.length; i++) {
            safe[i] = texts[i] instanceof Number ? texts[i] : escaped(texts[i].toString());
        }
        html.append(String.format(Locale.ROOT, format, safe));
        return this;
    }

    HtmlText paragraph(String kind, String text) {
        return kind.isEmpty()
                ? tags("<p>%s</p>\n", text)
                : tags("<p class=\"%s\">%s</p>\n", kind, text);
    }

    @Override
    public String toString() {
        return html.toString();
    }
}
