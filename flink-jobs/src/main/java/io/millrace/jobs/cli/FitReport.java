package io.millrace.jobs.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.model.ModelSpec;
import io.millrace.model.fit.FitResult;
import io.millrace.model.fit.Split;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What is said of models that are trained offline: each run as it ends, then a table and JSON. */
final class FitReport {

    private final OutputOptions output;
    private final ObjectNode json;
    private final ArrayNode models;
    private final Table table =
            new Table("metric", "mean", "std", "parameters", "seconds", "architecture", "pipeline");

    // -- of the model at hand

    private FitCommand.@Nullable Contestant contestant;
    private final List<Run> runs = new ArrayList<>();

    FitReport(OutputOptions output, Split split, long splitSeed, @Nullable Double validate) {
        this.output = output;
        json =
                output.mapper()
                        .createObjectNode()
                        .put("split", split.toString())
                        .put("split_seed", splitSeed)
                        .put("validate", validate);
        models = json.putArray("models");
    }

    void begin(FitCommand.Contestant next, FitCommand.Parts parts) {
        contestant = next;
        runs.clear();
        output.say(
                "%s: %s, %,d examples to learn from, %s%,d held out",
                next.file(),
                next.config().model().architecture().type(),
                parts.learned().size(),
                parts.stopping().isEmpty()
                        ? ""
                        : String.format(Locale.ROOT, "%,d to stop by, ", parts.stopping().size()),
                parts.held().size());
    }

    void add(int seed, FitResult result, double seconds) {
        runs.add(new Run(seed, result, seconds));
        output.say(
                "  seed %d: %s %s, %d epochs, %.1f s",
                seed, metric(), figure(result.value()), result.epochs(), seconds);
    }

    void endModel() {
        ModelSpec model = contestant().config().model();
        long parameters = runs.get(0).result().parameters();
        double mean = runs.stream().mapToDouble(run -> run.result().value()).average().orElse(0);
        double deviation = deviation(mean);
        double seconds = runs.stream().mapToDouble(Run::seconds).sum();
        table.row(
                metric(),
                figure(mean),
                figure(deviation),
                String.format(Locale.ROOT, "%,d", parameters),
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
                        .put("mean", BenchOptions.rounded(mean))
                        .put("std", BenchOptions.rounded(deviation));
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
        table.lines().forEach(line -> output.say("%s", line));
        output.writeJson(json);
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
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.4f", value);
    }

    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? (Double) value : null;
    }

    private record Run(int seed, FitResult result, double seconds) {}
}
