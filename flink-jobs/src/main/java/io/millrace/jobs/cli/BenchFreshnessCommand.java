package io.millrace.jobs.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.jobs.cli.bench.BenchModel;
import io.millrace.jobs.cli.bench.BenchSettings;
import io.millrace.jobs.cli.bench.Feed;
import io.millrace.jobs.cli.bench.FreshnessBench;
import io.millrace.jobs.cli.bench.FreshnessRun;
import io.millrace.jobs.cli.bench.TrainBench;
import io.millrace.jobs.cli.bench.TrainMode;
import io.millrace.jobs.cli.bench.Workload;
import io.millrace.jobs.cli.process.Workspace;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.MemorySize;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace bench freshness}. */
@Command(
        name = "freshness",
        description =
                "Trains on events that come at half of the rate that the job can keep up with, and"
                        + " says how long it takes until they are in a version that serves.",
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = "  millrace bench freshness --models mlp --json result.json")
final class BenchFreshnessCommand implements Callable<Integer> {

    private static final double OF_PEAK = 0.5;
    private static final double MOST_EVENTS = 10_000_000;

    @Mixin private final OutputOptions output = new OutputOptions();

    @Mixin private final BenchOptions options = new BenchOptions();

    @Mixin private final BenchModelOptions models = new BenchModelOptions();

    @Option(
            names = "--rate",
            paramLabel = "N",
            description =
                    "Events a second. Without it, half of the job's peak, which is measured first,"
                            + " with --checkpoint-every.")
    private @Nullable Double rate;

    @Option(
            names = "--version-every",
            paramLabel = "TIME",
            defaultValue = "1s",
            description =
                    "Time between versions while freshness is measured (default:"
                            + " ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Duration versionEvery;

    @Option(
            names = "--values",
            paramLabel = "N",
            defaultValue = "1000000",
            description = "Distinct values of all features together (default: ${DEFAULT-VALUE}).")
    private long values;

    @Option(
            names = "--cache",
            paramLabel = "SIZE",
            defaultValue = "256mb",
            description = "Memory of the job's row cache (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private MemorySize cache;

    @Override
    public Integer call() throws Exception {
        output.checkJson();
        checkOptions();
        BenchSettings settings = options.settings(cache.getBytes());
        Workload workload = options.workload(values, false);
        ObjectNode json = output.mapper().createObjectNode();
        ArrayNode runs = json.putArray("runs");
        output.say(
                "%-8s %10s %10s %9s %9s %9s",
                "model", "peak", "events/s", "versions", "p50 ms", "p99 ms");
        for (BenchModel model : models.models()) {
            Double peak = rate == null ? (Double) peak(model, settings, workload) : null;
            double wanted = peak == null ? rate : OF_PEAK * peak;
            try (Workspace files = Workspace.temporary()) {
                FreshnessRun run =
                        new FreshnessBench(
                                        model,
                                        workload,
                                        settings.withCheckpointEvery(versionEvery),
                                        files.path())
                                .run(wanted);
                output.say(
                        "%-8s %10s %,10.0f %,9d %,9.0f %,9.0f",
                        model,
                        peak == null ? "" : "%,.0f".formatted(peak),
                        run.eventsPerSecond(),
                        run.versions(),
                        run.delay().p50(),
                        run.delay().p99());
                runs.add(json(model, peak, run));
            }
        }
        output.writeJson(json);
        return ExitCode.OK;
    }

    private void checkOptions() {
        if (versionEvery.toMillis() < 100) {
            throw new UsageException("--version-every must be at least 100ms");
        }
        if (rate != null && !(rate >= 1 && rate <= MOST_EVENTS)) {
            throw new UsageException("--rate must be from 1 to 10000000 events a second");
        }
    }

    /** Examples a second of the whole job; a bare loop tells how many events that may need. */
    private static double peak(BenchModel model, BenchSettings settings, Workload workload)
            throws Exception {
        try (Workspace files = Workspace.temporary();
                TrainBench bench =
                        new TrainBench(settings, workload, Feed.RATINGS, null, files.path())) {
            bench.prepareEvents(bench.run(model, TrainMode.BARE).examplesPerSecond());
            return bench.run(model, TrainMode.JOB).examplesPerSecond();
        }
    }

    private ObjectNode json(BenchModel model, @Nullable Double peak, FreshnessRun run) {
        return output.mapper()
                .createObjectNode()
                .put("model", model.label())
                .put("peak_rate", peak == null ? null : (Long) Math.round(peak))
                .put("wanted_rate", Math.round(run.wantedPerSecond()))
                .put("rate", Math.round(run.eventsPerSecond()))
                .put("events", run.events())
                .put("versions", run.versions())
                .put("p50_ms", BenchOptions.rounded(run.delay().p50()))
                .put("p99_ms", BenchOptions.rounded(run.delay().p99()));
    }
}
