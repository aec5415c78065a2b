package io.millrace.jobs.cli.backtest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.model.evaluate.Comparison;
import io.millrace.model.evaluate.Estimate;
import io.millrace.model.evaluate.EvaluationResult;
import io.millrace.model.evaluate.Series;
import io.millrace.model.evaluate.SeriesResult;
import io.millrace.model.loss.Objective;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Function;

/**
 * A backtest as JSON, for programs. Of two runs of one backtest only {@code command} and {@code
 * throughput} may differ.
 */
public final class ReportJson {

    private ReportJson() {}

    public static ObjectNode of(BacktestReport report) {
        EvaluationResult result = report.result();
        ObjectNode json =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("command", report.command())
                        .put("version", report.release())
                        .put("complete", report.isComplete());
        json.set("data", data(report.data()));
        json.put("objective", report.objective() instanceof Objective.Rating ? "rating" : "click")
                .put("window", Figures.span(result.window()))
                .put("judge_from", instant(report.judgeFrom()));
        ArrayNode syncs = json.putArray("syncs");
        report.syncs().forEach(syncs::add);
        ArrayNode pipelines = json.putArray("pipelines");
        report.pipelines().forEach(one -> pipelines.add(pipeline(one, report)));
        json.set("base_rate", judged(JsonNodeFactory.instance.objectNode(), result.baseRate()));
        json.set("comparisons", comparisons(result.pipelines(), Series::pipeline));
        json.putObject("throughput")
                .put("examples_per_second", report.throughput().examplesPerSecond())
                .put("seconds", report.throughput().seconds());
        return json;
    }

    private static ObjectNode data(BacktestReport.Data data) {
        ObjectNode json =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("source", data.source())
                        .put("fingerprint", data.fingerprint())
                        .put("from", instant(data.from()))
                        .put("to", instant(data.to()))
                        .put("events", data.events())
                        .put("profiles", data.profiles())
                        .put("examples", data.examples())
                        .put("rejected", data.rejected());
        ObjectNode facts = json.putObject("facts");
        data.facts().forEach(facts::put);
        return json;
    }

    private static ObjectNode pipeline(
            BacktestReport.Participant participant, BacktestReport report) {
        String name = participant.name();
        ObjectNode json =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("name", name)
                        .put("config", participant.file())
                        .put("specification", participant.specification())
                        .put("architecture", participant.architecture())
                        .put("start_version", participant.startVersion())
                        .put("last_version", participant.lastVersion());
        judged(json, report.series(name, report.syncs().get(0)));
        ArrayNode freshness = json.putArray("freshness");
        for (String sync : report.syncs()) {
            SeriesResult series = report.series(name, sync);
            ObjectNode one =
                    freshness.addObject().put("sync", sync).put("examples", series.examples());
            one.set("metrics", estimates(series.metrics()));
            List<Comparison> withFirst =
                    report.result().syncs().stream()
                            .filter(comparison -> comparison.b().equals(series.series()))
                            .toList();
            one.set("comparisons", comparisons(withFirst, Series::sync));
        }
        return json;
    }

    private static ObjectNode judged(ObjectNode json, SeriesResult series) {
        json.put("examples", series.examples());
        json.set("metrics", estimates(series.metrics()));
        ArrayNode windows = json.putArray("windows");
        for (SeriesResult.WindowResult window : series.windows()) {
            ObjectNode one =
                    windows.addObject()
                            .put("from", instant(window.from()))
                            .put("to", instant(window.to()))
                            .put("examples", window.examples());
            one.set("metrics", values(window.metrics()));
        }
        ArrayNode slices = json.putArray("slices");
        for (SeriesResult.SliceResult slice : series.slices()) {
            ObjectNode one =
                    slices.addObject()
                            .put("column", slice.column())
                            .put("value", slice.value())
                            .put("examples", slice.examples());
            one.set("metrics", values(slice.metrics()));
        }
        ArrayNode reliability = json.putArray("reliability");
        for (SeriesResult.ReliabilityBin bin : series.reliability()) {
            reliability
                    .addObject()
                    .put("prediction", bin.prediction())
                    .put("label", bin.label())
                    .put("examples", bin.examples());
        }
        return json;
    }

    private static ArrayNode comparisons(
            List<Comparison> comparisons, Function<Series, String> name) {
        ArrayNode json = JsonNodeFactory.instance.arrayNode();
        for (Comparison comparison : comparisons) {
            json.addObject()
                    .put("a", name.apply(comparison.a()))
                    .put("b", name.apply(comparison.b()))
                    .put("metric", comparison.metric())
                    .put("difference", comparison.difference())
                    .put("low", comparison.low())
                    .put("high", comparison.high())
                    .put("p_value", comparison.pValue());
        }
        return json;
    }

    private static ObjectNode estimates(SortedMap<String, Estimate> metrics) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        metrics.forEach(
                (name, estimate) ->
                        json.putObject(name)
                                .put("value", estimate.value())
                                .put("low", estimate.low())
                                .put("high", estimate.high()));
        return json;
    }

    private static ObjectNode values(SortedMap<String, Double> metrics) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        metrics.forEach(json::put);
        return json;
    }

    private static String instant(long millis) {
        return Instant.ofEpochMilli(millis).toString();
    }
}
