package io.millrace.jobs.cli.backtest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.model.evaluate.Estimate;
import io.millrace.model.evaluate.SeriesResult;
import java.util.List;

/** What the charts of a page are drawn from, as the text of a script element. */
final class PageData {

    private PageData() {}

    static String of(BacktestReport report) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("metric", report.metric().key()).put("window", report.result().window());
        ArrayNode metrics = json.putArray("metrics");
        report.metrics()
                .forEach(
                        metric ->
                                metrics.addObject()
                                        .put("key", metric.key())
                                        .put("title", metric.title()));
        ArrayNode syncs = json.putArray("syncs");
        report.syncs().forEach(sync -> syncs.add(Figures.sync(sync)));
        ArrayNode pipelines = json.putArray("pipelines");
        for (BacktestReport.Participant participant : report.pipelines()) {
            SeriesResult first = report.series(participant.name(), report.syncs().get(0));
            ObjectNode pipeline = pipelines.addObject().put("name", participant.name());
            windows(pipeline, first);
            reliability(pipeline, first);
            freshness(pipeline, participant.name(), report);
        }
        ObjectNode base = json.putObject("base");
        base.put("name", ReportPage.BASE_RATE);
        windows(base, report.result().baseRate());
        // Nothing in it can end the element, whatever the names are.
        return json.toString().replace("<", "\\u003c");
    }

    private static void windows(ObjectNode json, SeriesResult series) {
        ArrayNode windows = json.putArray("windows");
        for (SeriesResult.WindowResult window : series.windows()) {
            ObjectNode values =
                    windows.addObject()
                            .put("from", window.from())
                            .put("to", window.to())
                            .put("examples", window.examples())
                            .putObject("metrics");
            window.metrics().forEach(values::put);
        }
    }

    private static void reliability(ObjectNode json, SeriesResult series) {
        ArrayNode bins = json.putArray("reliability");
        for (SeriesResult.ReliabilityBin bin : series.reliability()) {
            bins.addObject()
                    .put("x", bin.prediction())
                    .put("y", bin.label())
                    .put("examples", bin.examples());
        }
    }

    private static void freshness(ObjectNode json, String name, BacktestReport report) {
        ObjectNode byMetric = json.putObject("freshness");
        List<SeriesResult> series =
                report.syncs().stream().map(sync -> report.series(name, sync)).toList();
        for (ReportMetric metric : report.metrics()) {
            ArrayNode points = byMetric.putArray(metric.key());
            for (SeriesResult one : series) {
                Estimate estimate = one.metrics().get(metric.key());
                if (estimate == null) {
                    points.addNull();
                } else {
                    points.addObject()
                            .put("value", estimate.value())
                            .put("low", estimate.low())
                            .put("high", estimate.high());
                }
            }
        }
    }
}
