package io.millrace.jobs.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.jobs.cli.bench.BenchModel;
import io.millrace.jobs.cli.bench.ScoreLoad;
import io.millrace.jobs.cli.bench.ScoreTry;
import io.millrace.jobs.cli.bench.ScorerRate;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** What {@code bench score} says, to people as it comes, and as JSON. */
final class ScoreBenchReport {

    private final OutputOptions output;
    private final Duration limit;
    private final ObjectNode json;
    private final ArrayNode loads;
    private final ObjectNode highest;
    private final ArrayNode alone;
    private final ObjectNode examplesRatios;
    private final ObjectNode requestsRatios;
    private final ObjectNode examplesRatiosToModel;
    private final ObjectNode requestsRatiosToModel;
    private final Map<BenchModel, ScorerRate> scorers = new EnumMap<>(BenchModel.class);
    private final Map<BenchModel, String> sentences = new EnumMap<>(BenchModel.class);

    ScoreBenchReport(OutputOptions output, Duration limit) {
        this.output = output;
        this.limit = limit;
        json = output.mapper().createObjectNode();
        loads = json.putArray("loads");
        highest = json.putObject("highest");
        alone = json.putArray("alone");
        examplesRatios = json.putObject("ratio_of_examples");
        requestsRatios = json.putObject("ratio_of_requests");
        examplesRatiosToModel = json.putObject("ratio_of_examples_to_model");
        requestsRatiosToModel = json.putObject("ratio_of_requests_to_model");
        output.say(
                "%-8s %11s %11s %13s %9s %9s %11s",
                "model", "requests/s", "sent", "candidates/s", "p50 ms", "p99 ms", "unanswered");
    }

    /** A load was measured, heavier than those of the model before. */
    void add(BenchModel model, ScoreLoad load) {
        ScoreTry median = load.median();
        output.say(
                "%-8s %,11.0f %,11.0f %,13.0f %9.2f %9.2f %,11d",
                model,
                load.requestsPerSecond(),
                median.sentPerSecond(),
                load.candidatesPerSecond(),
                median.latency().p50(),
                median.latency().p99(),
                median.unanswered());
        loads.add(json(model, load));
        if (load.isWithin(limit)) {
            highest.put(model.label(), BenchOptions.rounded(load.requestsPerSecond()));
            sentences.put(
                    model,
                    sentence("p99 is within %s ms up to %,.0f requests/s", load, limitMillis()));
        } else if (!highest.has(model.label())) {
            highest.putNull(model.label());
            sentences.put(
                    model,
                    median.unanswered() == 0
                            ? sentence(
                                    "p99 is above %s ms at %,.0f requests/s", load, limitMillis())
                            : sentence(
                                    "%s requests stayed unanswered at %,.0f requests/s",
                                    load, median.unanswered()));
        }
    }

    void add(BenchModel model, ScorerRate scorer) {
        scorers.put(model, scorer);
        alone.addObject()
                .put("model", model.label())
                .put("bare_rate", Math.round(scorer.network()))
                .put("bare_model_rate", Math.round(scorer.model()))
                .put("examples_rate", Math.round(scorer.examples()))
                .put("requests_rate", Math.round(scorer.requests()));
        put(examplesRatios, model, scorer.examples() / scorer.network());
        put(requestsRatios, model, scorer.requests() / scorer.network());
        put(examplesRatiosToModel, model, scorer.examples() / scorer.model());
        put(requestsRatiosToModel, model, scorer.requests() / scorer.model());
    }

    private static void put(ObjectNode node, BenchModel model, double ratio) {
        node.put(model.label(), BenchOptions.rounded(ratio));
    }

    /** All models were measured. */
    void finish() throws IOException {
        output.say("");
        sentences.forEach((model, sentence) -> output.say("%-8s %s", model, sentence));
        output.say("");
        output.say(
                "candidates/s of bare forward passes and of the scorer alone, and its shares of"
                        + " the network's / the model's pass:");
        output.say(
                "%-8s %13s %13s %16s %13s %16s %13s",
                "model",
                "bare network",
                "bare model",
                "examples given",
                "shares",
                "requests given",
                "shares");
        scorers.forEach(
                (model, scorer) ->
                        output.say(
                                "%-8s %,13.0f %,13.0f %,16.0f %13s %,16.0f %13s",
                                model,
                                scorer.network(),
                                scorer.model(),
                                scorer.examples(),
                                shares(scorer, scorer.examples()),
                                scorer.requests(),
                                shares(scorer, scorer.requests())));
        output.writeJson(json);
    }

    private static String shares(ScorerRate scorer, double rate) {
        return String.format(
                Locale.ROOT, "%.2f / %.2f", rate / scorer.network(), rate / scorer.model());
    }

    private ObjectNode json(BenchModel model, ScoreLoad load) {
        ObjectNode node =
                output.mapper()
                        .createObjectNode()
                        .put("model", model.label())
                        .put("requests_per_second", BenchOptions.rounded(load.requestsPerSecond()))
                        .put(
                                "candidates_per_second",
                                BenchOptions.rounded(load.candidatesPerSecond()));
        put(node, load.median());
        ArrayNode tries = node.putArray("tries");
        load.tries().forEach(one -> put(tries.addObject(), one));
        return node;
    }

    private static void put(ObjectNode node, ScoreTry one) {
        node.put("sent_per_second", BenchOptions.rounded(one.sentPerSecond()))
                .put("p50_ms", BenchOptions.rounded(one.latency().p50()))
                .put("p99_ms", BenchOptions.rounded(one.latency().p99()))
                .put("unanswered", one.unanswered());
    }

    private long limitMillis() {
        return limit.toMillis();
    }

    private static String sentence(String format, ScoreLoad load, long number) {
        return String.format(Locale.ROOT, format, number, load.requestsPerSecond());
    }
}
