package io.millrace.jobs.cli;

import io.millrace.jobs.cli.demo.Demo;
import io.millrace.jobs.cli.demo.DemoSettings;
import io.millrace.jobs.cli.demo.DemoSummary;
import io.millrace.jobs.cli.demo.DemoView;
import io.millrace.jobs.cli.process.StopSignal;
import io.millrace.jobs.cli.process.Terminal;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.model.loss.Objective;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace demo}. */
@Command(
        name = "demo",
        description =
                "Runs the whole system in one process: a simulated world, training, versions, scores.",
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = "  millrace demo --duration 30s --seed 7 --json result.json")
final class DemoCommand implements Callable<Integer> {

    private static final Duration SHORTEST = Duration.ofSeconds(2);
    private static final double MOST_EVENTS_A_SECOND = 1e6;
    private static final int REQUESTS_A_SECOND = 50;
    private static final int CANDIDATES = 20;

    @Mixin private final CommonOptions common = new CommonOptions();

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            defaultValue = "60s",
            description = "How long the world lives (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Duration duration;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "42",
            description = "Seed of the world (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "8000",
            description = "Impressions a second (default: ${DEFAULT-VALUE}).")
    private double rate;

    @Option(
            names = "--keep",
            paramLabel = "DIR",
            description = "Leave versions and checkpoints in this directory.")
    private @Nullable Path keep;

    @Override
    public Integer call() throws Exception {
        DemoSettings settings = settings();
        common.checkJson();
        PrintWriter out = common.out();
        try (StopSignal stop = StopSignal.onInterrupt()) {
            DemoSummary summary;
            try (DemoView view = DemoView.on(out, Terminal.detect())) {
                summary = new Demo(settings, view, stop).run();
            }
            summary.toLines().forEach(out::println);
            if (keep != null) {
                out.println("Versions and checkpoints are in " + keep + ".");
            }
            out.flush();
            common.writeJson(summary.toJson());
        }
        return ExitCode.OK;
    }

    private DemoSettings settings() {
        PipelineConfig config = common.pipelineOrExample();
        if (!(config.model().objective() instanceof Objective.Click)) {
            throw new UsageException(
                    "the demo's world makes clicks, but the pipeline "
                            + config.model().name()
                            + " learns from ratings; leave --config out, or take examples/clicks.yaml");
        }
        if (duration.compareTo(SHORTEST) < 0) {
            throw new UsageException("--duration must be at least " + SHORTEST.toSeconds() + "s");
        }
        if (!(rate >= 1 && rate <= MOST_EVENTS_A_SECOND)) {
            throw new UsageException("--rate must be from 1 to 1000000 impressions a second");
        }
        return new DemoSettings(config, duration, seed, rate, REQUESTS_A_SECOND, CANDIDATES, keep);
    }
}
