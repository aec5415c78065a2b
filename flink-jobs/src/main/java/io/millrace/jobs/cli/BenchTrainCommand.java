package io.millrace.jobs.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.jobs.cli.bench.BenchModel;
import io.millrace.jobs.cli.bench.Feed;
import io.millrace.jobs.cli.bench.PyTorchTraining;
import io.millrace.jobs.cli.bench.TrainBench;
import io.millrace.jobs.cli.bench.TrainMode;
import io.millrace.jobs.cli.bench.TrainingRate;
import io.millrace.jobs.cli.bench.Workload;
import io.millrace.jobs.cli.process.Workspace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.MemorySize;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace bench train}. */
@Command(
        name = "train",
        description =
                "Trains models of 26 categorical and 13 numeric features as a job and as a bare loop,"
                        + " and says how fast each is.",
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = "  millrace bench train --models mlp,dlrm,dcn-v2 --json result.json")
final class BenchTrainCommand implements Callable<Integer> {

    /** Where the project lies; set by the launcher. */
    private static final String HOME = "millrace.home";

    /** Events are prepared for a job of this rate when no bare loop has told a better one. */
    private static final double USUAL_RATE = 100_000;

    @Mixin private final OutputOptions output = new OutputOptions();

    @Mixin private final BenchOptions options = new BenchOptions();

    @Mixin private final BenchModelOptions models = new BenchModelOptions();

    @Option(
            names = "--modes",
            paramLabel = "MODE",
            split = ",",
            description =
                    "Which of ${COMPLETION-CANDIDATES} (default: all; pytorch where it is installed).")
    private @Nullable List<TrainMode> modes;

    @Option(
            names = "--events",
            paramLabel = "KIND",
            defaultValue = "ratings",
            description =
                    "What the job reads: ratings, which carry their label, or clicks, which it joins"
                            + " with impressions (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Feed feed;

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

    @Option(
            names = "--python",
            paramLabel = "FILE",
            defaultValue = "python3",
            description = "The interpreter for the mode pytorch (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String python;

    @Override
    public Integer call() throws Exception {
        output.checkJson();
        if (feed == Feed.CLICKS && modes != null && modes.contains(TrainMode.PYTORCH)) {
            throw new UsageException(
                    "--modes pytorch knows ratings only; leave --events clicks out");
        }
        PyTorchTraining pyTorch =
                new PyTorchTraining(
                        python,
                        Path.of(System.getProperty(HOME, "."), "benchmarks/pytorch/train.py"));
        List<TrainMode> wanted = modesThatRun(pyTorch);
        Workload workload = options.workload(values, false);
        ObjectNode json = output.mapper().createObjectNode();
        ArrayNode runs = json.putArray("runs");
        Map<BenchModel, Map<TrainMode, TrainingRate>> rates = new EnumMap<>(BenchModel.class);
        try (Workspace files = Workspace.temporary();
                TrainBench bench =
                        new TrainBench(
                                options.settings(cache.getBytes()),
                                workload,
                                feed,
                                pyTorch,
                                files.path())) {
            output.say(
                    "%-8s %-9s %12s %14s %8s %8s",
                    "model", "mode", "examples/s", "CPU s/million", "of bare", "paused");
            for (BenchModel model : models.models()) {
                Map<TrainMode, TrainingRate> ofModel = new EnumMap<>(TrainMode.class);
                rates.put(model, ofModel);
                for (TrainMode mode : wanted) {
                    if (mode == TrainMode.JOB) {
                        bench.prepareEvents(
                                ofModel.containsKey(TrainMode.BARE)
                                        ? ofModel.get(TrainMode.BARE).examplesPerSecond()
                                        : USUAL_RATE);
                    }
                    TrainingRate rate = bench.run(model, mode);
                    ofModel.put(mode, rate);
                    say(model, mode, rate, ofModel.get(TrainMode.BARE));
                    runs.add(run(model, mode, rate));
                }
            }
        }
        putRatios(json, "ratio", TrainMode.BARE, rates);
        putRatios(json, "ratio_to_pytorch", TrainMode.PYTORCH, rates);
        output.writeJson(json);
        return ExitCode.OK;
    }

    private List<TrainMode> modesThatRun(PyTorchTraining pyTorch) throws InterruptedException {
        List<TrainMode> asked = modes;
        List<TrainMode> wanted = new ArrayList<>();
        for (TrainMode mode : asked == null ? List.of(TrainMode.values()) : asked) {
            if (mode == TrainMode.PYTORCH && feed == Feed.CLICKS) {
                output.say("No pytorch: its script knows ratings only.");
            } else if (mode != TrainMode.PYTORCH || pyTorch.isInstalled()) {
                wanted.add(mode);
            } else if (asked != null) {
                throw new UsageException(
                        "--modes pytorch: "
                                + python
                                + " cannot import torch; name an interpreter that can with --python");
            } else {
                output.say("No pytorch: %s cannot import torch (see --python).", python);
            }
        }
        return wanted;
    }

    private void say(
            BenchModel model, TrainMode mode, TrainingRate rate, @Nullable TrainingRate bare) {
        output.say(
                "%-8s %-9s %,12.0f %14.1f %8s %8s",
                model,
                mode,
                rate.examplesPerSecond(),
                rate.cpuSecondsPerMillion(),
                bare == null
                        ? ""
                        : "%.2f".formatted(rate.examplesPerSecond() / bare.examplesPerSecond()),
                rate.pausedShare() == 0
                        ? ""
                        : String.format(Locale.ROOT, "%.1f%%", 100 * rate.pausedShare()));
    }

    private ObjectNode run(BenchModel model, TrainMode mode, TrainingRate rate) {
        return output.mapper()
                .createObjectNode()
                .put("model", model.label())
                .put("mode", mode.label())
                .put("rate", Math.round(rate.examplesPerSecond()))
                .put("cpu_seconds_per_million", BenchOptions.rounded(rate.cpuSecondsPerMillion()))
                .put("checkpoint_pause_share", BenchOptions.rounded(rate.pausedShare()))
                .put("cache_hit_rate", BenchOptions.rounded(rate.cacheHitRate()));
    }

    /** By model, the job's rate over that of another mode. */
    private static void putRatios(
            ObjectNode json,
            String name,
            TrainMode to,
            Map<BenchModel, Map<TrainMode, TrainingRate>> rates) {
        ObjectNode ratios = json.putObject(name);
        rates.forEach(
                (model, ofModel) -> {
                    if (ofModel.containsKey(TrainMode.JOB) && ofModel.containsKey(to)) {
                        ratios.put(
                                model.label(),
                                BenchOptions.rounded(
                                        ofModel.get(TrainMode.JOB).examplesPerSecond()
                                                / ofModel.get(to).examplesPerSecond()));
                    }
                });
    }
}
