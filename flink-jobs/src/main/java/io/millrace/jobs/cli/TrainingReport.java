package io.millrace.jobs.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.model.loss.Objective;
import io.millrace.model.metric.Auc;
import io.millrace.model.metric.LogLoss;
import io.millrace.model.metric.MeanAbsoluteError;
import io.millrace.model.metric.NormalizedEntropy;
import io.millrace.model.metric.RootMeanSquaredError;
import io.millrace.model.version.Manifest;
import io.millrace.schemas.DeadLetter;
import io.millrace.schemas.ModelVersion;
import io.millrace.schemas.PrequentialMetrics;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is heard of a training run, told as it comes. Safe for use by several threads. */
final class TrainingReport {

    private static final int LETTERS_SHOWN = 5;

    private final String model;
    private final List<String> metrics;
    private final PrintWriter out;
    private boolean headed;
    private @Nullable PrequentialMetrics last;
    private long examples;
    private Map<String, Double> totals = Map.of();
    private long deadLetters;
    private long versions;

    TrainingReport(String model, Objective objective, PrintWriter out) {
        this.model = model;
        this.out = out;
        metrics =
                objective instanceof Objective.Rating
                        ? List.of(RootMeanSquaredError.NAME, MeanAbsoluteError.NAME)
                        : List.of(Auc.NAME, LogLoss.NAME, NormalizedEntropy.NAME);
    }

    synchronized void measured(PrequentialMetrics report) {
        if (!report.getModel().equals(model)) {
            return;
        }
        if (!headed) {
            headed = true;
            print(line("examples", metrics.stream().map(TrainingReport::title).toList()));
        }
        last = report;
        examples = report.getExamples();
        totals = Map.copyOf(report.getTotal());
        print(
                line(
                        "%,d".formatted(report.getExamples()),
                        metrics.stream().map(metric -> figures(report, metric)).toList()));
    }

    synchronized void setAside(DeadLetter letter) {
        deadLetters++;
        if (deadLetters <= LETTERS_SHOWN) {
            print(
                    "dead letter: %s, partition %d, offset %d: %s: %s"
                            .formatted(
                                    letter.getTopic(),
                                    letter.getPartition(),
                                    letter.getOffset(),
                                    letter.getReason(),
                                    letter.getDetail()));
        } else if (deadLetters == LETTERS_SHOWN + 1) {
            print("further dead letters are only counted");
        }
    }

    synchronized void published(ModelVersion version) {
        if (version.getModel().equals(model)) {
            versions++;
        }
    }

    /** A run that is stopped has learned more than it has reported; its last version knows. */
    synchronized void addLast(Manifest version) {
        if (version.examples() > examples) {
            examples = version.examples();
            totals = version.metrics();
        }
    }

    synchronized long examples() {
        return examples;
    }

    synchronized long deadLetters() {
        return deadLetters;
    }

    synchronized long versions() {
        return versions;
    }

    /** When the last report was made, milliseconds since the epoch; 0 when there was none. */
    synchronized long lastReportMillis() {
        return last == null ? 0 : last.getTime();
    }

    /** The metrics over all examples, for people. */
    synchronized String total() {
        return metrics.stream()
                .map(metric -> title(metric) + " " + figure(totals.get(metric)))
                .collect(Collectors.joining(", "));
    }

    /** The metrics over all examples, for programs; one that is not defined is null. */
    synchronized void addTotals(ObjectNode json) {
        metrics.forEach(metric -> json.put(metric, totals.get(metric)));
    }

    private void print(String line) {
        out.println(line);
        out.flush();
    }

    private static String line(String first, List<String> rest) {
        return "%12s".formatted(first)
                + rest.stream().map("%22s"::formatted).collect(Collectors.joining());
    }

    /** So far and, in brackets, since the line before. */
    private static String figures(PrequentialMetrics report, String metric) {
        return figure(report.getTotal().get(metric))
                + " ("
                + figure(report.getWindow().get(metric))
                + ")";
    }

    private static String figure(@Nullable Double value) {
        return value == null ? "-" : String.format(Locale.ROOT, "%.4f", value);
    }

    private static String title(String metric) {
        return switch (metric) {
            case LogLoss.NAME -> "log loss";
            case NormalizedEntropy.NAME -> "norm. entropy";
            default -> metric.toUpperCase(Locale.ROOT);
        };
    }
}
