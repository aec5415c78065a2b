package io.millrace.jobs.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.model.ModelSpec;
import io.millrace.model.fit.FitResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What is said of models that are trained offline: each run as it ends, then a table and JSON. */
final class FitReport {

    /** Stands in the table for a figure that there is not. */
    private static final String NONE = "-";

    private final OutputOptions output;
    private final ObjectNode json;
    private final ArrayNode models;
    private final Table table =
            new Table(
                    "metric",
                    "mean",
                    "std",
                    "parameters",
                    "seconds in all",
                    "architecture",
                    "pipeline");

    /** What the figures are of. */
    private final String judgedBy;

    // -- of the model at hand

    private FitCommand.@Nullable Contestant contestant;
    private final List<Run> runs = new ArrayList<>();

    FitReport(OutputOptions output, FitCuts cuts) {
        this.output = output;
        judgedBy = cuts.validate() == null ? "the part held out" : "the validation part";
        json =
                output.mapper()
                        .createObjectNode()
                        .put("split", cuts.heldOut().toString())
                        .put("split_seed", cuts.seed())
                        .put("validate", cuts.validate());
        models = json.putArray("models");
    }

    /**
     * Begins the report of a model.
     *
     * @param absent names of its features that no event has
     */
    void begin(FitCommand.Contestant next, FitCuts.Parts parts, List<String> absent) {
        contestant = next;
        runs.clear();
        output.say(
                "%s: %s, %s to learn from, %s%s",
                next.file(),
                next.config().model().architecture().type(),
                counted(parts.learned().size(), "example"),
                parts.stopping().isEmpty()
                        ? ""
                        : String.format(Locale.ROOT, "%,d to stop by, ", parts.stopping().size()),
                judgedBy(parts));
        absent.forEach(name -> output.say("  feature \"%s\": no event has it", name));
    }

    private static String judgedBy(FitCuts.Parts parts) {
        int size = parts.judgedBy().size();
        return parts.leftAlone() == 0
                ? String.format(Locale.ROOT, "%,d held out", size)
                : String.format(
                        Locale.ROOT,
                        "%,d to validate by; the %,d held out %s left alone",
                        size,
                        parts.leftAlone(),
                        parts.leftAlone() == 1 ? "is" : "are");
    }

    void add(int seed, FitResult result, double seconds) {
        runs.add(new Run(seed, result, seconds));
        output.say(
                "  seed %d: %s %s, %s, %.1f s",
                seed, metric(), figure(result.value()), counted(result.epochs(), "epoch"), seconds);
    }

    /**
     * Ends the report of a model.
     *
     * @param failure what ended its training; null when all of its runs are there
     */
    void endModel(@Nullable String failure) {
        if (failure != null) {
            output.say("  %s", failure);
        }
        ModelSpec model = contestant().config().model();
        Long parameters = runs.isEmpty() ? null : (Long) runs.get(0).result().parameters();
        double mean = failure == null ? mean() : Double.NaN;
        double deviation = failure == null ? deviation(mean) : Double.NaN;
        double seconds = runs.stream().mapToDouble(Run::seconds).sum();
        table.row(
                metric(),
                failure == null ? figure(mean) : "diverged",
                figure(deviation),
                parameters == null ? NONE : String.format(Locale.ROOT, "%,d", parameters),
                String.format(Locale.ROOT, "%.1f", seconds),
                model.architecture().type(),
                contestant().file().toString());
        ObjectNode one =
                models.addObject()
                        .put("config", contestant().file().toString())
                        .put("model", model.name())
                        .put("architecture", model.architecture().type())
                        .put("parameters", parameters)
                        .put("metric", metric())
                        .put("mean", finite(mean))
                        .put("std", finite(deviation))
                        .put("failure", failure);
        ArrayNode runsJson = one.putArray("runs");
        for (Run run : runs) {
            runsJson.addObject()
                    .put("seed", run.seed())
                    .put("value", finite(run.result().value()))
                    .put("epochs", run.result().epochs())
                    .put("seconds", BenchOptions.rounded(run.seconds()));
        }
    }

    void end() throws IOException {
        output.say("");
        output.say("of %s:", judgedBy);
        table.lines().forEach(line -> output.say("%s", line));
        output.writeJson(json);
    }

    /** A number of things, such as "1 epoch" or "1,200 examples". */
    static String counted(int number, String thing) {
        return String.format(Locale.ROOT, "%,d %s%s", number, thing, number == 1 ? "" : "s");
    }

    private double mean() {
        return runs.stream().mapToDouble(run -> run.result().value()).average().orElse(Double.NaN);
    }

    /** The sample standard deviation, NaN of a single run. */
    private double deviation(double mean) {
        double squares =
                runs.stream().mapToDouble(run -> Math.pow(run.result().value() - mean, 2)).sum();
        return Math.sqrt(squares / (runs.size() - 1));
    }

    private String metric() {
        return contestant().criterion().metric();
    }

    private FitCommand.Contestant contestant() {
        if (contestant == null) {
            throw new IllegalStateException("no model was begun");
        }
        return contestant;
    }

    private static String figure(double value) {
        return Double.isNaN(value) ? NONE : String.format(Locale.ROOT, "%.4f", value);
    }

    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? (Double) value : null;
    }

    private record Run(int seed, FitResult result, double seconds) {}
}
