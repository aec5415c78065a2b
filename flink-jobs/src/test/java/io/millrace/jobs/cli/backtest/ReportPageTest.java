package io.millrace.jobs.cli.backtest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.backtest.OutcomeFile.RejectedEvent;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What stands on the page of a backtest; that it is drawn is for {@link ReportInBrowserITCase}. */
class ReportPageTest {

    private static final String HOSTILE = "</script><b>\"x\" & 'y'";

    @Test
    void usageExample() {
        String page =
                ReportPage.of(
                        Reports.of(Map.of("deep", 0.78, "flat", 0.7))
                                .syncs("0", "1h")
                                .withCrosses()
                                .report());

        assertThat(page)
                .startsWith("<!DOCTYPE html>")
                .contains("<h1>deep predicted best</h1>")
                .contains("Chart.js v4.", "Released under the MIT License")
                .contains("id=\"time\"", "id=\"reliability\"", "id=\"freshness\"")
                .contains("<td class=\"best\">0.7800<small>0.7750 to 0.7850</small></td>")
                .contains("AUC by position", "every 1h")
                .contains("user \u00d7 position")
                .contains("./millrace backtest --config &#39;a&amp;b.yaml&#39;")
                .contains("ab12".repeat(16), "cd34".repeat(16), "millrace 1.2.3")
                .contains("23,457 examples a second, for 2 pipelines together")
                .contains("Nothing that a pipeline reads.")
                .doesNotContain("partial result", "sourceMappingURL");
    }

    @Test
    void nothingIsAskedOfANetwork() {
        String page = ReportPage.of(Reports.of(Map.of("a", 0.7)).withCrosses().report());

        assertThat(page).doesNotContain("src=", "<link", "@import", "url(");
    }

    @Test
    void namesAndTextsAreEscaped() {
        String page =
                ReportPage.of(
                        Reports.of(Map.of(HOSTILE, 0.7, "b", 0.6))
                                .config("model: " + HOSTILE)
                                .unfinished("it failed: " + HOSTILE)
                                .rejecting(new RejectedEvent(HOSTILE, "", HOSTILE, HOSTILE))
                                .report());

        assertThat(page)
                .doesNotContain("<b>\"x\"", "& 'y'</")
                .contains("&lt;/script&gt;&lt;b&gt;&quot;x&quot; &amp; &#39;y&#39;")
                .contains("\"name\":\"\\u003c/script>\\u003cb>\\\"x\\\" & 'y'\"");
        assertThat(page.split("</script>", -1)).hasSize(4);
    }

    @Test
    void aPartialResultAndWhatWasLeftOutAreTold() {
        String page =
                ReportPage.of(
                        Reports.of(Map.of("a", 0.7))
                                .unfinished("it was stopped after 5 of 9 events.")
                                .rejecting(
                                        new RejectedEvent("u.data, line 7", "a", "INVALID", "no x"))
                                .report());

        assertThat(page)
                .contains("This is a partial result: it was stopped after 5 of 9 events.")
                .contains("1 record could not be used")
                .contains("u.data, line 7", "INVALID: no x");
    }

    @Test
    void whatThereIsNotHasNoSection() {
        String page = ReportPage.of(Reports.of(Map.of("a", 0.7)).report());

        assertThat(page)
                .doesNotContain("id=\"freshness\"", "Is the difference real?")
                .contains("It has no pairs.");
    }

    @Test
    void itIsTheSameInEveryLocale() {
        BacktestReport report = Reports.of(Map.of("a", 0.7, "b", 0.8)).syncs("0", "1h").report();
        String page = ReportPage.of(report);
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.GERMANY);

            assertThat(ReportPage.of(report)).isEqualTo(page);
        } finally {
            Locale.setDefault(before);
        }
    }
}
