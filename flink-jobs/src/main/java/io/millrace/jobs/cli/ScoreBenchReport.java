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
                .put("bare_rate", Math.round(scorer.bare()))
                .put("examples_rate", Math.round(scorer.examples()))
                .put("requests_rate", Math.round(scorer.requests()));
        examplesRatios.put(model.label(), BenchOptions.rounded(scorer.examplesRatio()));
        requestsRatios.put(model.label(), BenchOptions.rounded(scorer.requestsRatio()));
    }

    /** All models were measured. */
    void finish() throws IOException {
        output.say("");
        sentences.forEach((model, sentence) -> output.say("%-8s %s", model, sentence));
        output.say("");
        output.say("candidates/s of the scorer alone, and the share of a bare forward pass:");
        output.say(
                "%-8s %13s %16s %8s %16s %8s",
                "model", "bare forward", "examples given", "share", "requests given", "share");
        scorers.forEach(
                (model, scorer) ->
                        output.say(
                                "%-8s %,13.0f %,16.0f %8.2f %,16.0f %8.2f",
                                model,
                                scorer.bare(),
                                scorer.examples(),
                                scorer.examplesRatio(),
                                scorer.requests(),
                                scorer.requestsRatio()));
        output.writeJson(json);
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
