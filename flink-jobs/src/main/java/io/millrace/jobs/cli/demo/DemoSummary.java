package io.millrace.jobs.cli.demo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.jobs.cli.measure.Quantiles;
import io.millrace.model.metric.Auc;
import io.millrace.model.metric.LogLoss;
import io.millrace.model.metric.NormalizedEntropy;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What came of a demo.
 *
 * @param last its last moment
 * @param trained examples in the last version
 * @param rate examples trained a second
 */
public record DemoSummary(DemoSnapshot last, long trained, double rate) {

    /** The result for programs; what is not known is null. */
    public ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("events", last.events())
                .put("examples", last.examples())
                .put("trained", trained)
                .put("rate", Math.round(rate * 10) / 10.0);
        json.put("auc", last.total().get(Auc.NAME));
        json.put("oracle_auc", last.oracle().get(Auc.NAME));
        json.put("logloss", last.total().get(LogLoss.NAME));
        json.put("normalized_entropy", last.total().get(NormalizedEntropy.NAME));
        json.put("versions", last.versions()).put("scores", last.scores());
        json.set("freshness_ms", quantiles(last.freshness()));
        json.set("score_latency_ms", quantiles(last.latency()));
        json.put(
                "peak_rss_mb",
                last.memoryMebibytes().isPresent()
                        ? (Long) last.memoryMebibytes().getAsLong()
                        : null);
        return json;
    }

    /** The result for people. */
    public List<String> toLines() {
        return List.of(
                "",
                "Events      %,d written, %,d examples learned from (%s/s)"
                        .formatted(last.events(), trained, Figures.rate(rate)),
                "AUC         %s in all, %s at the end; %s is the ceiling"
                        .formatted(
                                metric(last.total(), Auc.NAME),
                                metric(last.window(), Auc.NAME),
                                metric(last.oracle(), Auc.NAME)),
                "Log loss    %s in all, %s at the end; %s is the ceiling"
                        .formatted(
                                metric(last.total(), LogLoss.NAME),
                                metric(last.window(), LogLoss.NAME),
                                metric(last.oracle(), LogLoss.NAME)),
                "Entropy     %s in all, %s at the end; %s is the ceiling (normalized)"
                        .formatted(
                                metric(last.total(), NormalizedEntropy.NAME),
                                metric(last.window(), NormalizedEntropy.NAME),
                                metric(last.oracle(), NormalizedEntropy.NAME)),
                "Versions    %,d published; a click is in one that serves after %s (p99 %s)"
                        .formatted(
                                last.versions(),
                                Figures.millis(last.freshness().p50()),
                                Figures.millis(last.freshness().p99())),
                "Scores      %,d requests answered, in %s (p99 %s)"
                        .formatted(
                                last.scores(),
                                Figures.millis(last.latency().p50()),
                                Figures.millis(last.latency().p99())));
    }

    private static String metric(Map<String, Double> metrics, String name) {
        return Figures.metric(metrics, name);
    }

    private static ObjectNode quantiles(Quantiles quantiles) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("p50", finite(quantiles.p50()));
        json.put("p99", finite(quantiles.p99()));
        return json;
    }

    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? (Double) (Math.round(value * 10) / 10.0) : null;
    }
}
