package io.millrace.jobs.cli.backtest;

import io.millrace.jobs.backtest.OutcomeFile.RejectedEvent;
import io.millrace.jobs.cli.explain.Explained;
import io.millrace.model.evaluate.Estimate;
import io.millrace.model.evaluate.EvaluationResult;
import io.millrace.model.evaluate.SeriesResult;
import io.millrace.model.loss.Objective;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A backtest and what came of it.
 *
 * @param command that makes the same again
 * @param release of Millrace
 * @param unfinished why it is not of all events, as a sentence; null when it is
 * @param objective of all pipelines
 * @param judgeFrom event time from which predictions are judged, milliseconds since the epoch
 * @param syncs as they were asked for
 * @param metric to judge by
 * @param pipelines in the order of the command
 * @param result of all series; those of a pipeline stand in the order of the syncs
 */
public record BacktestReport(
        String command,
        String release,
        @Nullable String unfinished,
        Data data,
        Objective objective,
        long judgeFrom,
        List<String> syncs,
        ReportMetric metric,
        List<Participant> pipelines,
        EvaluationResult result,
        Throughput throughput) {

    public BacktestReport {
        syncs = List.copyOf(syncs);
        pipelines = List.copyOf(pipelines);
    }

    /**
     * What was learned from.
     *
     * @param source path or topics, as they were named
     * @param fingerprint SHA-256 over the examples and profiles, hexadecimal
     * @param profiles how many records of profiles were read that a pipeline can use
     * @param from event time of the first example, milliseconds since the epoch
     * @param to of the last, inclusive
     * @param events read
     * @param examples that they made
     * @param rejected how many events and profiles could not be used
     * @param shown the first of them
     * @param facts of the source, for people
     */
    public record Data(
            String source,
            String fingerprint,
            long profiles,
            long from,
            long to,
            long events,
            long examples,
            long rejected,
            List<RejectedEvent> shown,
            SortedMap<String, String> facts) {}

    /**
     * A pipeline that took part.
     *
     * @param name unique in the backtest
     * @param file of its configuration, as it was named
     * @param text of the file
     * @param specification its hash
     * @param architecture its type
     * @param startVersion whose weights it started with; null for a cold start
     * @param start how it started, in words
     * @param lastVersion published at the end; null when there is none
     * @param versions the directory of its versions; null when it is gone
     * @param crosses what its last version has learned; null when that is not known
     * @param noCrosses why not; empty when they are
     */
    public record Participant(
            String name,
            String file,
            String text,
            String specification,
            String architecture,
            @Nullable Long startVersion,
            String start,
            @Nullable Long lastVersion,
            @Nullable String versions,
            @Nullable Explained crosses,
            String noCrosses) {}

    /**
     * How fast it went.
     *
     * @param seconds from the submission of the job to its end
     */
    public record Throughput(double examplesPerSecond, double seconds) {}

    boolean isComplete() {
        return unfinished == null;
    }

    /** What the examples are. */
    String examplesAre() {
        return objective instanceof Objective.Rating ? "ratings" : "impressions";
    }

    /** The metrics to show, that to judge by first. */
    List<ReportMetric> metrics() {
        return ReportMetric.of(result).stream()
                .sorted((a, b) -> Boolean.compare(b == metric, a == metric))
                .toList();
    }

    /** A pipeline's predictions with the weights of a sync. */
    SeriesResult series(String pipeline, String sync) {
        return result.series().stream()
                .filter(one -> one.series().pipeline().equals(pipeline))
                .filter(one -> one.series().sync().equals(sync))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException("no series " + pipeline + ", " + sync));
    }

    /** Each pipeline's predictions with the weights of the first sync. */
    List<SeriesResult> firsts() {
        return pipelines.stream().map(one -> series(one.name(), syncs.get(0))).toList();
    }

    /** Pipelines by metrics, the base rate last; below each row its 95% intervals. */
    public List<List<String>> table() {
        List<List<String>> rows = new ArrayList<>();
        List<String> headings = new ArrayList<>();
        metrics().forEach(one -> headings.add(one.title()));
        headings.addAll(List.of("examples", "pipeline"));
        rows.add(headings);
        for (SeriesResult series : firsts()) {
            addRows(rows, series, series.series().pipeline());
        }
        addRows(rows, result.baseRate(), ReportPage.BASE_RATE);
        return rows;
    }

    private void addRows(List<List<String>> rows, SeriesResult series, String name) {
        List<String> values = new ArrayList<>();
        List<String> intervals = new ArrayList<>();
        for (ReportMetric one : metrics()) {
            values.add(Figures.metric(value(series, one)));
            intervals.add(Figures.shortInterval(series.metrics().get(one.key())));
        }
        values.addAll(List.of(Figures.count(series.examples()), name));
        rows.add(values);
        if (intervals.stream().anyMatch(interval -> !interval.isEmpty())) {
            intervals.addAll(List.of("", ""));
            rows.add(intervals);
        }
    }

    /** Syncs by pipelines, the metric to judge by with its 95% interval. */
    public List<List<String>> freshnessTable() {
        List<List<String>> rows = new ArrayList<>();
        List<String> headings = new ArrayList<>(pipelines.stream().map(Participant::name).toList());
        headings.add("weights follow");
        rows.add(headings);
        for (String sync : syncs) {
            List<String> row = new ArrayList<>();
            for (Participant one : pipelines) {
                Estimate estimate = series(one.name(), sync).metrics().get(metric.key());
                String interval = Figures.shortInterval(estimate);
                row.add(
                        Figures.metric(estimate == null ? null : (Double) estimate.value())
                                + (interval.isEmpty() ? "" : " (" + interval + ")"));
            }
            row.add(Figures.sync(sync));
            rows.add(row);
        }
        return rows;
    }

    /** Why an event or a profile could not be used. */
    public static String why(RejectedEvent event) {
        return Stream.of(event.reason(), event.detail())
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining(": "));
    }

    /** The value of a metric; null where it is not defined. */
    static @Nullable Double value(SeriesResult series, ReportMetric metric) {
        var estimate = series.metrics().get(metric.key());
        return estimate == null ? null : (Double) estimate.value();
    }

    /** The index of the best value, -1 when there is none or nothing to choose from. */
    static int best(List<? extends Map<String, Double>> candidates, ReportMetric metric) {
        int best = -1;
        int present = 0;
        for (int i = 0; i < candidates.size(); i++) {
            Double value = candidates.get(i).get(metric.key());
            if (value != null) {
                present++;
                if (best < 0
                        || metric.isBetter(
                                value, candidates.get(best).getOrDefault(metric.key(), value))) {
                    best = i;
                }
            }
        }
        return present > 1 ? best : -1;
    }
}
