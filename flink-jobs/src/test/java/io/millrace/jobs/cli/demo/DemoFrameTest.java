package io.millrace.jobs.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.jobs.cli.measure.Quantiles;
import io.millrace.jobs.cli.process.Terminal;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DemoFrameTest {

    private static final DemoSnapshot RUNNING = snapshot(30, 400_000, 2.0);
    private static final DemoSnapshot NOTHING_YET =
            new DemoSnapshot(
                    Duration.ZERO,
                    Duration.ofSeconds(60),
                    0,
                    0,
                    0,
                    Map.of(),
                    Map.of(),
                    Map.of(),
                    List.of(),
                    0,
                    null,
                    Duration.ZERO,
                    0,
                    0,
                    new Quantiles(Double.NaN, Double.NaN),
                    new Quantiles(Double.NaN, Double.NaN),
                    OptionalLong.empty());

    @Test
    void usageExample() {
        String frame = String.join("\n", DemoFrame.of(RUNNING, terminal(80)));

        assertThat(frame)
                .contains("30 of 60 s", "12,345/s", "400,000", "0.7000", "0.7500", "0.8200")
                .contains("version 15 serves, 1.2 s old", "p50 1.3 s", "p99 2.0 s", "p99 90 ms")
                .contains("1,024 MiB");
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 80, 200})
    void fitsTheTerminalAtEveryMoment(int width) {
        for (DemoSnapshot snapshot :
                List.of(NOTHING_YET, RUNNING, snapshot(60, Long.MAX_VALUE, 1e7))) {
            assertThat(DemoFrame.of(snapshot, terminal(width)))
                    .hasSizeLessThan(24)
                    .allMatch(line -> line.length() < width);
        }
    }

    @Test
    void framesAreOfOneHeight() {
        assertThat(DemoFrame.of(snapshot(1, 10, 0.5), terminal(80)))
                .hasSameSizeAs(DemoFrame.of(RUNNING, terminal(80)));
    }

    @Test
    void withoutColoursOrUnicodeItIsPlainText() {
        assertThat(String.join("", DemoFrame.of(RUNNING, terminal(80)))).matches("[ -~]*");
        assertThat(String.join("", DemoFrame.of(RUNNING, new Terminal(true, true, true, 80))))
                .contains("\u001b[32m", "\u2588");
    }

    @Test
    void graphicsSpanTheirScale() {
        Graphics graphics = new Graphics(false);

        assertThat(graphics.bar(0.5, 4)).isEqualTo("##..");
        assertThat(graphics.bar(7, 4)).isEqualTo("####");
        assertThat(graphics.curve(List.of(0.0, 0.5, 1.0), 0, 1, 10)).isEqualTo("_+@");
        assertThat(graphics.curve(Collections.nCopies(100, 0.5), 0, 1, 10)).hasSize(10);
    }

    @Test
    void theTerminalViewRedrawsInPlaceAndGivesTheCursorBack() {
        StringWriter out = new StringWriter();
        try (DemoView view = DemoView.on(new PrintWriter(out), terminal(80))) {
            view.announce("Starting ...");
            view.show(RUNNING);
        }

        assertThat(out.toString())
                .startsWith("\u001b[?25l")
                .contains("Starting ...", "\u001b[1A\r")
                .endsWith("\u001b[?25h");
    }

    @Test
    void theLineViewPrintsEveryFiveSeconds() {
        StringWriter out = new StringWriter();
        try (DemoView view =
                DemoView.on(new PrintWriter(out), new Terminal(false, false, false, 80))) {
            for (int second = 0; second <= 12; second++) {
                view.show(snapshot(second, 1000, 1.0));
            }
        }

        assertThat(out.toString().lines().filter(line -> line.contains("AUC"))).hasSize(2);
        assertThat(out.toString()).doesNotContain("\u001b");
    }

    @Test
    void theResultHasExactlyTheFieldsPromised() {
        ObjectNode json = new DemoSummary(RUNNING, 390_000, 6500.04).toJson();

        assertThat(json.fieldNames())
                .toIterable()
                .containsExactly(
                        "events",
                        "examples",
                        "trained",
                        "rate",
                        "auc",
                        "oracle_auc",
                        "logloss",
                        "normalized_entropy",
                        "versions",
                        "scores",
                        "freshness_ms",
                        "score_latency_ms",
                        "peak_rss_mb");
        assertThat(json.get("trained").longValue()).isEqualTo(390_000);
        assertThat(json.get("rate").doubleValue()).isEqualTo(6500.0);
        assertThat(json.get("auc").doubleValue()).isEqualTo(0.7);
        assertThat(json.get("freshness_ms").fieldNames())
                .toIterable()
                .containsExactly("p50", "p99");
        assertThat(json.get("peak_rss_mb").longValue()).isEqualTo(1024);
    }

    @Test
    void whatIsNotKnownIsNull() {
        ObjectNode json = new DemoSummary(NOTHING_YET, 0, 0).toJson();

        assertThat(List.of("auc", "oracle_auc", "logloss", "normalized_entropy", "peak_rss_mb"))
                .map(json::get)
                .allMatch(JsonNode::isNull);
        assertThat(json.at("/score_latency_ms/p99").isNull()).isTrue();
    }

    private static Terminal terminal(int width) {
        return new Terminal(true, false, false, width);
    }

    private static DemoSnapshot snapshot(int second, long events, double perSecond) {
        return new DemoSnapshot(
                Duration.ofSeconds(second),
                Duration.ofSeconds(60),
                events,
                12_345,
                events,
                Map.of("auc", 0.7, "logloss", 0.35, "normalized_entropy", 0.9),
                Map.of("auc", 0.75, "logloss", 0.33, "normalized_entropy", 0.88),
                Map.of("auc", 0.82, "logloss", 0.28, "normalized_entropy", 0.76),
                Collections.nCopies(second, 0.7),
                16,
                15L,
                Duration.ofMillis(1_200),
                1_500,
                perSecond,
                new Quantiles(15, 90),
                new Quantiles(1_300, 2_000),
                OptionalLong.of(1_024));
    }
}
