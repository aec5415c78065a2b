package io.millrace.jobs.cli;

import io.millrace.jobs.cli.bench.BenchModel;
import io.millrace.jobs.cli.bench.ScoreBench;
import io.millrace.jobs.cli.bench.ScoreBenchSettings;
import io.millrace.jobs.cli.bench.ScorerRate;
import io.millrace.jobs.cli.bench.Workload;
import io.millrace.jobs.cli.process.Workspace;
import java.time.Duration;
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
                        + " answers take; then says how fast the scorer is alone, beside bare"
                        + " forward passes.",
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = "  millrace bench score --models mlp,dcn-v2 --json result.json")
final class BenchScoreCommand implements Callable<Integer> {

    private static final int MOST_CANDIDATES = 10_000;
    private static final double MOST_REQUESTS = 100_000;

    @Mixin private final OutputOptions output = new OutputOptions();

    @Mixin private final BenchModelOptions models = new BenchModelOptions();

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
                    "The load rises until p99 passes it in the middle one of three windows, or an"
                            + " answer is missing (default: ${DEFAULT-VALUE}).")
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
                    "Time before each window. Before the first load, 20,000 requests are answered as"
                            + " fast as they can be, or for twenty times as long (default:"
                            + " ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Duration warmUp;

    @Option(
            names = "--window",
            paramLabel = "TIME",
            defaultValue = "10s",
            description =
                    "Time of each of the three windows of a load, and of the scorer alone"
                            + " (default: ${DEFAULT-VALUE}).")
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
        ScoreBenchReport report = new ScoreBenchReport(output, limit);
        for (BenchModel model : models.models()) {
            try (Workspace files = Workspace.temporary()) {
                ScorerRate alone =
                        new ScoreBench(model, workload, settings, files.path())
                                .run(load -> report.add(model, load));
                report.add(model, alone);
            }
        }
        report.finish();
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
}
