package io.millrace.jobs.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.jobs.cli.bench.BacktestBench;
import io.millrace.jobs.cli.bench.BacktestRate;
import io.millrace.jobs.cli.process.Workspace;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace bench backtest}. */
@Command(
        name = "backtest",
        description =
                "Backtests pipelines of MovieLens' small size on random ratings, one alone and"
                        + " several at once, and says how many examples a second go through all of"
                        + " them.",
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = "  millrace bench backtest --pipelines 1,3 --json result.json")
final class BenchBacktestCommand implements Callable<Integer> {

    @Mixin private final OutputOptions output = new OutputOptions();

    @Option(
            names = "--pipelines",
            paramLabel = "N",
            split = ",",
            defaultValue = "1,3",
            description = "How many at once: DCN-V2, DeepFM and DLRM (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private List<Integer> pipelines;

    @Option(
            names = "--micro-batch",
            paramLabel = "N",
            defaultValue = "64",
            description = "Examples in a micro-batch (default: ${DEFAULT-VALUE}).")
    private int microBatch;

    @Option(
            names = "--warm-up",
            paramLabel = "TIME",
            defaultValue = "20s",
            description = "Time before each measurement (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Duration warmUp;

    @Option(
            names = "--window",
            paramLabel = "TIME",
            defaultValue = "20s",
            description = "Time of each measurement (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Duration window;

    @Override
    public Integer call() throws Exception {
        output.checkJson();
        BenchOptions.require("--micro-batch", microBatch, 1, 65_536);
        for (int count : pipelines) {
            BenchOptions.require("--pipelines", count, 1, BacktestBench.MOST_PIPELINES);
        }
        ObjectNode json = output.mapper().createObjectNode().put("micro_batch", microBatch);
        ArrayNode runs = json.putArray("runs");
        output.say("%9s %12s %16s %9s", "pipelines", "examples/s", "CPU s/million", "of first");
        double first = Double.NaN;
        for (int count : pipelines) {
            try (Workspace files = Workspace.temporary()) {
                BacktestRate rate =
                        new BacktestBench(microBatch, warmUp, window, files.path()).run(count);
                first = Double.isNaN(first) ? rate.examplesPerSecond() : first;
                double ratio = rate.examplesPerSecond() / first;
                output.say(
                        "%9d %,12.0f %16.1f %9.2f",
                        count, rate.examplesPerSecond(), rate.cpuSecondsPerMillion(), ratio);
                runs.addObject()
                        .put("pipelines", count)
                        .put("rate", Math.round(rate.examplesPerSecond()))
                        .put(
                                "cpu_seconds_per_million",
                                BenchOptions.rounded(rate.cpuSecondsPerMillion()))
                        .put("ratio", BenchOptions.rounded(ratio));
            }
        }
        output.writeJson(json);
        return ExitCode.OK;
    }
}
