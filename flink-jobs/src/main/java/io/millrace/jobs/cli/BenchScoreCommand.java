package io.millrace.jobs.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.jobs.cli.bench.BenchModel;
import io.millrace.jobs.cli.bench.ScoreBench;
import io.millrace.jobs.cli.bench.ScoreBenchSettings;
import io.millrace.jobs.cli.bench.ScoreLoad;
import io.millrace.jobs.cli.bench.ScorerRate;
import io.millrace.jobs.cli.bench.Workload;
import io.millrace.jobs.cli.process.Workspace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace bench score}. */
@Command(
        name = "score",
        description =
                "Asks the scoring job for scores at a rising rate, through Kafka, and says how long"
                        + " answers take; then says how fast the scorer is alone, beside a bare"
                        + " forward pass.",
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = "  millrace bench score --models mlp,dcn-v2 --json result.json")
final class BenchScoreCommand implements Callable<Integer> {

    private static final int MOST_CANDIDATES = 10_000;
    private static final double MOST_REQUESTS = 100_000;

    @Mixin private final OutputOptions output = new OutputOptions();

    @Option(
            names = "--models",
            paramLabel = "MODEL",
            split = ",",
            defaultValue = "mlp,dlrm,dcn-v2",
            description = "Which of ${COMPLETION-CANDIDATES} (default: all).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private List<BenchModel> models;

    @Option(
            names = "--candidates",
            paramLabel = "N",
            defaultValue = "100",
            description = "Candidates in a request (default: ${DEFAULT-VALUE}).")
    private int candidates;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "50",
            description =
                    "Requests a second of the first load; each next one is half as much again"
                            + " (default: ${DEFAULT-VALUE}).")
    private double rate;

    @Option(
            names = "--limit",
            paramLabel = "TIME",
            defaultValue = "10ms",
            description =
                    "The load rises until p99 passes it in most seconds, three times in a row,"
                            + " or an answer is missing (default:"
                            + " ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Duration limit;

    @Option(
            names = "--values",
            paramLabel = "N",
            defaultValue = "1000000",
            description =
                    "Distinct values of all features together, each with a row in the version"
                            + " (default: ${DEFAULT-VALUE}).")
    private long values;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Threads of one tensor operation, in all measurements (default:"
                            + " ${DEFAULT-VALUE}).")
    private int threads;

    @Option(
            names = "--warm-up",
            paramLabel = "TIME",
            defaultValue = "3s",
            description =
                    "Time before each measurement; four times as long before the first (default:"
                            + " ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Duration warmUp;

    @Option(
            names = "--window",
            paramLabel = "TIME",
            defaultValue = "10s",
            description = "Time of each measurement (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Duration window;

    @Option(
            names = "--skew",
            paramLabel = "S",
            defaultValue = "1.05",
            description =
                    "Exponent of Zipf's law, by which values occur (default: ${DEFAULT-VALUE}).")
    private double skew;

    @Override
    public Integer call() throws Exception {
        output.checkJson();
        ScoreBenchSettings settings = settings();
        Workload workload = BenchOptions.workload(values, skew, true);
        ObjectNode json = output.mapper().createObjectNode();
        ArrayNode loads = json.putArray("loads");
        ObjectNode highest = json.putObject("highest");
        ArrayNode alone = json.putArray("alone");
        ObjectNode ratios = json.putObject("ratio");
        ObjectNode requestRatios = json.putObject("ratio_of_requests");
        output.say(
                "%-8s %11s %13s %9s %9s %15s %9s",
                "model",
                "requests/s",
                "candidates/s",
                "p50 ms",
                "p99 ms",
                "of most seconds",
                "answered");
        List<ScorerRate> scorers = new ArrayList<>();
        for (BenchModel model : models) {
            try (Workspace files = Workspace.temporary()) {
                ScoreBench bench = new ScoreBench(model, workload, settings, files.path());
                highest.putNull(model.label());
                bench.underLoad(
                        load -> {
                            say(model, load);
                            loads.add(json(model, load));
                            if (load.isWithin(limit)) {
                                highest.put(
                                        model.label(),
                                        BenchOptions.rounded(load.requestsPerSecond()));
                            }
                        });
                ScorerRate scorer = bench.alone();
                scorers.add(scorer);
                alone.add(json(model, scorer));
                ratios.put(model.label(), BenchOptions.rounded(scorer.ratio()));
                requestRatios.put(model.label(), BenchOptions.rounded(scorer.requestRatio()));
            }
        }
        sayHighest(highest);
        sayAlone(scorers);
        output.writeJson(json);
        return ExitCode.OK;
    }

    private ScoreBenchSettings settings() {
        BenchOptions.require("--threads", threads, 1, BenchOptions.MOST_THREADS);
        BenchOptions.require("--candidates", candidates, 1, MOST_CANDIDATES);
        if (!(rate >= 1 && rate <= MOST_REQUESTS)) {
            throw new UsageException("--rate must be from 1 to 100000 requests a second");
        }
        return new ScoreBenchSettings(threads, candidates, rate, limit, warmUp, window);
    }

    private void say(BenchModel model, ScoreLoad load) {
        output.say(
                "%-8s %,11.0f %,13.0f %9.2f %9.2f %15.2f %8.1f%%",
                model,
                load.requestsPerSecond(),
                load.candidatesPerSecond(),
                load.latency().p50(),
                load.latency().p99(),
                load.p99OfSeconds(),
                100 * load.answeredShare());
    }

    private void sayHighest(ObjectNode highest) {
        output.say("");
        highest.properties()
                .forEach(
                        model ->
                                output.say(
                                        "%-8s %s",
                                        model.getKey(),
                                        model.getValue().isNull()
                                                ? "in most seconds, p99 is above %d ms at all loads"
                                                        .formatted(limit.toMillis())
                                                : "in most seconds, p99 is within %d ms up to %,.0f requests/s"
                                                        .formatted(
                                                                limit.toMillis(),
                                                                model.getValue().doubleValue())));
    }

    private void sayAlone(List<ScorerRate> scorers) {
        output.say("");
        output.say(
                "%-8s %13s %14s %8s %14s %8s",
                "model", "bare forward", "+ rows found", "of bare", "+ values read", "of bare");
        for (int i = 0; i < scorers.size(); i++) {
            ScorerRate scorer = scorers.get(i);
            output.say(
                    "%-8s %,13.0f %,14.0f %8.2f %,14.0f %8.2f",
                    models.get(i),
                    scorer.bare(),
                    scorer.examples(),
                    scorer.ratio(),
                    scorer.requests(),
                    scorer.requestRatio());
        }
    }

    private ObjectNode json(BenchModel model, ScoreLoad load) {
        return output.mapper()
                .createObjectNode()
                .put("model", model.label())
                .put("requests_per_second", BenchOptions.rounded(load.requestsPerSecond()))
                .put("candidates_per_second", BenchOptions.rounded(load.candidatesPerSecond()))
                .put("p50_ms", BenchOptions.rounded(load.latency().p50()))
                .put("p99_ms", BenchOptions.rounded(load.latency().p99()))
                .put("p99_of_seconds_ms", BenchOptions.rounded(load.p99OfSeconds()))
                .put("answered_share", BenchOptions.rounded(load.answeredShare()));
    }

    private ObjectNode json(BenchModel model, ScorerRate scorer) {
        return output.mapper()
                .createObjectNode()
                .put("model", model.label())
                .put("bare_rate", Math.round(scorer.bare()))
                .put("rate", Math.round(scorer.examples()))
                .put("request_rate", Math.round(scorer.requests()));
    }
}
