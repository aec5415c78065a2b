package io.millrace.jobs.cli.backtest;

import io.millrace.jobs.backtest.OutcomeFile.RejectedEvent;
import io.millrace.jobs.cli.explain.Explained;
import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.DcnV2;
import io.millrace.model.config.ModelSpecWriter;
import io.millrace.model.evaluate.Comparison;
import io.millrace.model.evaluate.Estimate;
import io.millrace.model.evaluate.EvaluationResult;
import io.millrace.model.evaluate.Series;
import io.millrace.model.evaluate.SeriesResult;
import io.millrace.model.evaluate.SeriesResult.ReliabilityBin;
import io.millrace.model.evaluate.SeriesResult.SliceResult;
import io.millrace.model.evaluate.SeriesResult.WindowResult;
import io.millrace.model.explain.Explanation;
import io.millrace.model.explain.Measure;
import io.millrace.model.explain.PairStrengths;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.Sgd;
import io.millrace.model.version.Manifest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Backtests of clicks that never ran: each pipeline's metrics are made up of one number. */
final class Reports {

    static final long DAY = 86_400_000L;
    static final long FIRST = 1_700_006_400_000L;

    private static final List<String> METRICS =
            List.of("auc", "gauc", "logloss", "normalized_entropy", "calibration", "ece");

    private final List<String> names;
    private final List<Double> qualities;
    private List<String> syncs = List.of("0");
    private int windows = 30;
    private @Nullable Double p = 0.0004;
    private @Nullable String unfinished;
    private boolean drawsCrosses;
    private List<RejectedEvent> rejected = List.of();
    private String config = "model: some\nfeatures: {}\n";

    private Reports(List<String> names, List<Double> qualities) {
        this.names = names;
        this.qualities = qualities;
    }

    /** Pipelines by their AUC. */
    static Reports of(Map<String, Double> aucs) {
        SortedMap<String, Double> sorted = new TreeMap<>(aucs);
        return new Reports(List.copyOf(sorted.keySet()), List.copyOf(sorted.values()));
    }

    Reports syncs(String... wanted) {
        syncs = List.of(wanted);
        return this;
    }

    Reports windows(int wanted) {
        windows = wanted;
        return this;
    }

    /** Of every comparison. */
    Reports p(@Nullable Double wanted) {
        p = wanted;
        return this;
    }

    Reports unfinished(String why) {
        unfinished = why;
        return this;
    }

    Reports withCrosses() {
        drawsCrosses = true;
        return this;
    }

    Reports rejecting(RejectedEvent... events) {
        rejected = List.of(events);
        return this;
    }

    Reports config(String text) {
        config = text;
        return this;
    }

    BacktestReport report() {
        List<SeriesResult> series = new ArrayList<>();
        List<BacktestReport.Participant> pipelines = new ArrayList<>();
        List<Comparison> rivals = new ArrayList<>();
        List<Comparison> freshness = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            for (int s = 0; s < syncs.size(); s++) {
                series.add(series(names.get(i), syncs.get(s), qualities.get(i) - 0.01 * s));
                if (s > 0) {
                    freshness.add(
                            comparison(
                                    new Series(names.get(i), syncs.get(0)),
                                    new Series(names.get(i), syncs.get(s)),
                                    0.01 * s,
                                    "auc"));
                }
            }
            for (int j = i + 1; j < names.size(); j++) {
                for (String metric : METRICS) {
                    double sign = metric.endsWith("auc") ? 1 : -1;
                    rivals.add(
                            comparison(
                                    new Series(names.get(i), syncs.get(0)),
                                    new Series(names.get(j), syncs.get(0)),
                                    sign * (qualities.get(i) - qualities.get(j)),
                                    metric));
                }
            }
            pipelines.add(participant(names.get(i)));
        }
        return new BacktestReport(
                "./millrace backtest --config 'a&b.yaml' --input clicks.jsonl",
                "millrace 1.2.3",
                unfinished,
                new BacktestReport.Data(
                        "clicks.jsonl",
                        "ab12".repeat(16),
                        3,
                        FIRST,
                        FIRST + windows * DAY - 1,
                        70_000,
                        60_000,
                        rejected.size(),
                        rejected,
                        new TreeMap<>(Map.of("format", "JSON lines"))),
                new Objective.Click(),
                FIRST + 2 * DAY,
                syncs,
                ReportMetric.AUC,
                pipelines,
                new EvaluationResult(
                        DAY,
                        FIRST,
                        FIRST + windows * DAY - 1,
                        series,
                        series("base rate", "0", 0.5),
                        rivals,
                        freshness),
                new BacktestReport.Throughput(23_456.7, 2.56));
    }

    private Comparison comparison(Series a, Series b, double difference, String metric) {
        return p == null
                ? new Comparison(a, b, metric, difference, null, null, null)
                : new Comparison(
                        a, b, metric, difference, difference - 0.004, difference + 0.004, p);
    }

    private BacktestReport.Participant participant(String name) {
        return new BacktestReport.Participant(
                name,
                name + ".yaml",
                config,
                "cd34".repeat(16),
                "dcn-v2",
                null,
                "empty parameters",
                3L,
                null,
                drawsCrosses ? crosses(name) : null,
                drawsCrosses ? "" : "It has no pairs.");
    }

    private SeriesResult series(String name, String sync, double quality) {
        List<WindowResult> days = new ArrayList<>();
        for (int i = 0; i < windows; i++) {
            days.add(
                    new WindowResult(
                            FIRST + i * DAY,
                            FIRST + (i + 1) * DAY,
                            2000,
                            metrics(quality + 0.02 * Math.sin(i * 1.7 + name.length()))));
        }
        List<SliceResult> slices = new ArrayList<>();
        for (String value : List.of("1", "2", "3", "others")) {
            slices.add(
                    new SliceResult(
                            "position", value, 15_000, metrics(quality - 0.01 * value.length())));
        }
        slices.add(new SliceResult("new:user", "first", 900, metrics(quality - 0.1)));
        List<ReliabilityBin> bins = new ArrayList<>();
        for (int i = 1; i <= 10; i++) {
            bins.add(
                    new ReliabilityBin(
                            i * 0.05, i * 0.05 + 0.02 * Math.sin(i + quality * 50), 6000));
        }
        SortedMap<String, Estimate> estimates = new TreeMap<>();
        metrics(quality)
                .forEach(
                        (metric, value) ->
                                estimates.put(
                                        metric,
                                        new Estimate(
                                                value,
                                                p == null ? null : (Double) (value - 0.005),
                                                p == null ? null : (Double) (value + 0.005))));
        return new SeriesResult(new Series(name, sync), 60_000, estimates, days, slices, bins);
    }

    private static SortedMap<String, Double> metrics(double quality) {
        SortedMap<String, Double> metrics = new TreeMap<>();
        metrics.put("auc", quality);
        metrics.put("gauc", quality - 0.03);
        metrics.put("logloss", 1 - quality);
        metrics.put("normalized_entropy", 1.5 - quality);
        metrics.put("calibration", 0.9 + quality / 5);
        metrics.put("ece", 0.1 - quality / 10);
        return metrics;
    }

    private static Explained crosses(String name) {
        List<String> features = List.of("user", "item", "position", "hour");
        double[][] strengths = new double[features.size()][features.size()];
        for (int i = 0; i < strengths.length; i++) {
            for (int j = 0; j < strengths.length; j++) {
                strengths[i][j] = (i + 1) * (j + 2) % 7 + 0.5;
            }
        }
        PairStrengths pairs =
                new PairStrengths(features, List.of(new PairStrengths.Layer("cross", strengths)));
        ModelSpec spec =
                new ModelSpec(
                        name,
                        new Objective.Click(),
                        features.stream()
                                .map(one -> (FeatureSpec) new FeatureSpec.Categorical(one, one, 4))
                                .toList(),
                        new DcnV2(1, 0, List.of(8), DcnV2.Structure.PARALLEL),
                        new Sgd(0.1),
                        new Sgd(0.1),
                        42);
        Manifest manifest =
                new Manifest(
                        "some",
                        3,
                        null,
                        1,
                        Map.of(),
                        0,
                        ModelSpecWriter.hash(spec),
                        ModelSpecWriter.write(spec),
                        List.of(),
                        0,
                        Map.of(),
                        60_000,
                        0);
        return new Explained(
                manifest,
                spec,
                new Explanation(
                        Measure.CROSS_WEIGHTS, new Explanation.Evidence.Weights(), pairs, null),
                false,
                null,
                "");
    }
}
