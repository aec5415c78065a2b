package io.millrace.jobs.cli.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.jobs.backtest.OutcomeFile.RejectedEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The page as a browser shows it: in a frame as wide as a phone or a desktop, since the window of a
 * browser without a screen cannot be as narrow as a phone.
 */
class ReportInBrowserITCase {

    private static final int HEIGHT = 900;

    /** Hears of whatever goes wrong, from before the page begins. */
    private static final String LISTENER =
            """
            <script>
            window.problems = [];
            addEventListener("error", (e) => problems.push(String(e.message || e.target.outerHTML)), true);
            addEventListener("unhandledrejection", (e) => problems.push(String(e.reason)));
            addEventListener("securitypolicyviolation", (e) => problems.push(e.blockedURI));
            </script>
            """;

    /** Looks at the page for each metric in turn and tells the frame's page. */
    private static final String PROBE =
            """
            <script>
            addEventListener("load", () => setTimeout(() => {
              const drawn = (canvas) => {
                const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
                let count = 0;
                for (let i = 3; i < pixels.length; i += 4) if (pixels[i]) count++;
                return count;
              };
              const look = () => ({
                overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
                shown: [...document.querySelectorAll("[data-metric]")].filter((b) => !b.hidden).map((b) => b.dataset.metric),
                charts: [...document.querySelectorAll("canvas")].map((canvas) => {
                  const chart = Chart.getChart(canvas);
                  return {
                    id: canvas.id,
                    drawn: drawn(canvas),
                    inside: canvas.getBoundingClientRect().right <= innerWidth,
                    sets: chart ? chart.data.datasets.map((set) => set.data.length) : [],
                    axis: chart ? chart.options.scales.y.title.text : "",
                  };
                }),
              });
              const metrics = {};
              for (const input of document.querySelectorAll("#switch input")) {
                input.click();
                metrics[input.value] = look();
              }
              parent.postMessage(JSON.stringify({
                width: innerWidth,
                metrics,
                problems,
                requests: performance.getEntriesByType("resource").map((one) => one.name),
              }), "*");
            }, 500));
            </script>
            """;

    private static final String FRAME =
            """
            <!DOCTYPE html>
            <body style="margin:0">
            <pre id="told"></pre>
            <script>
            addEventListener("message", (e) => {
              document.getElementById("told").textContent = btoa(unescape(encodeURIComponent(e.data)));
            });
            </script>
            <iframe src="page.html" style="border:0;width:%dpx;height:%dpx"></iframe>
            </body>
            """;

    private static final Pattern TOLD = Pattern.compile("<pre id=\"told\">([A-Za-z0-9+/=]+)</pre>");

    @TempDir private Path directory;

    @ParameterizedTest
    @CsvSource({"390", "1280"})
    void everyChartIsDrawnWithinThePage(int width) throws Exception {
        JsonNode told = show(page(), width);

        assertThat(told.get("width").intValue()).isEqualTo(width);
        assertThat(told.get("problems")).as("errors of scripts").isEmpty();
        assertThat(told.get("requests")).as("requests of the page").isEmpty();
        assertThat(told.get("metrics")).hasSize(6);
        told.get("metrics")
                .fields()
                .forEachRemaining(
                        metric -> {
                            JsonNode looked = metric.getValue();
                            assertThat(looked.get("overflow").intValue())
                                    .as("pixels beyond %s", width)
                                    .isLessThanOrEqualTo(0);
                            assertThat(looked.get("shown"))
                                    .isNotEmpty()
                                    .allMatch(one -> one.textValue().equals(metric.getKey()));
                            assertThat(looked.get("charts")).hasSize(3);
                            looked.get("charts").forEach(ReportInBrowserITCase::assertDrawn);
                        });
        assertThat(told.at("/metrics/logloss/charts/0/axis").textValue()).isEqualTo("log loss");
        assertThat(told.at("/metrics/auc/charts/0/sets").toString()).isEqualTo("[30,30,30]");
        assertThat(told.at("/metrics/auc/charts/2/sets").toString()).isEqualTo("[3,3]");
    }

    private static void assertDrawn(JsonNode chart) {
        assertThat(chart.get("drawn").intValue()).as("pixels of %s", chart).isGreaterThan(2000);
        assertThat(chart.get("inside").booleanValue()).as("%s is inside", chart).isTrue();
        assertThat(chart.get("sets")).as("curves of %s", chart).hasSizeGreaterThan(1);
        assertThat(chart.get("sets")).allMatch(points -> points.intValue() > 1);
    }

    /** With long names, and text that no line of a phone holds. */
    private static String page() {
        return ReportPage.of(
                Reports.of(
                                Map.of(
                                        "deep-and-cross-network-with-a-very-long-name-indeed",
                                        0.78,
                                        "flat",
                                        0.7))
                        .syncs("0", "1h", "never")
                        .withCrosses()
                        .config("model: " + "x".repeat(300))
                        .unfinished("it failed: " + "y".repeat(200))
                        .rejecting(
                                new RejectedEvent(
                                        "a/very/long/path/".repeat(8) + "u.data, line 7",
                                        "",
                                        "UNDECODABLE",
                                        "z".repeat(150)))
                        .report());
    }

    /** What the probe told of the page in a frame of this width. */
    private JsonNode show(String page, int width) throws IOException, InterruptedException {
        Optional<Browser> browser = Browser.onPath();
        if (browser.isEmpty()) {
            System.out.println("skipped: there is no chromium or google-chrome on the PATH");
        }
        assumeThat(browser).as("a chromium or google-chrome on the PATH").isPresent();
        Files.writeString(
                directory.resolve("page.html"),
                page.replace("<head>", "<head>" + LISTENER).replace("</body>", PROBE + "</body>"));
        Path frame = directory.resolve("frame.html");
        Files.writeString(frame, FRAME.formatted(width, HEIGHT));
        String dom = browser.orElseThrow().dom(frame, directory, 1400, HEIGHT);
        Matcher told = TOLD.matcher(dom);
        assertThat(told.find()).as("the probe told something: %s", dom).isTrue();
        return new JsonMapper().readTree(java.util.Base64.getDecoder().decode(told.group(1)));
    }
}
