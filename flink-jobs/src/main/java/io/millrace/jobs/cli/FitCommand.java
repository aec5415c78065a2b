package io.millrace.jobs.cli;

import io.millrace.jobs.cli.backtest.Figures;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.config.PipelineConfigReader;
import io.millrace.model.ModelSpec;
import io.millrace.model.config.ConfigException;
import io.millrace.model.example.Example;
import io.millrace.model.fit.Criterion;
import io.millrace.model.fit.FitResult;
import io.millrace.model.fit.FitSettings;
import io.millrace.model.fit.OfflineFit;
import io.millrace.model.fit.Split;
import io.millrace.model.learn.DivergedException;
import io.millrace.model.learn.TorchEngine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace fit}. */
@Command(
        name = "fit",
        description = {
            "Trains models offline, for epochs over a part of the input, and says how well they"
                    + " predict the other part.",
            "Several pipelines are compared on the same parts. Nothing is published."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace fit --config examples/movielens-tfrs.yaml --input ml-100k --seeds 5",
            "  millrace fit --input ml-100k --validate 0.1 \\",
            "    --config examples/movielens-tfrs.yaml examples/movielens-tfrs/*.yaml"
        })
final class FitCommand implements Callable<Integer> {

    private static final int MOST_SEEDS = 1000;
    private static final int MOST_EPOCHS = 100_000;
    private static final int LARGEST_BATCH = 65_536;

    @Mixin private final OutputOptions output = new OutputOptions();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            arity = "1..*",
            required = true,
            description = "The pipeline files (YAML) whose models to train.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private List<Path> configs;

    @Option(
            names = "--input",
            paramLabel = "PATH",
            required = true,
            description =
                    "Recorded events: MovieLens, Criteo, Avazu, or events as JSON lines or Avro.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path input;

    @Option(
            names = "--split",
            paramLabel = "SPLIT",
            defaultValue = "random:0.8",
            description =
                    "What is learned from: random:SHARE, a share at random, or time:SHARE, the"
                            + " oldest; the rest is held out (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String split;

    @Option(
            names = "--split-seed",
            paramLabel = "N",
            defaultValue = "42",
            description =
                    "What a random split depends on, the same for all models and seeds (default:"
                            + " ${DEFAULT-VALUE}).")
    private long splitSeed;

    @Option(
            names = "--validate",
            paramLabel = "SHARE",
            description =
                    "Hold out this share of the training part, judge by it, and leave the part held"
                            + " out by --split alone: to choose settings by.")
    private @Nullable Double validate;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "5",
            description =
                    "Train each model with the seeds 1 to N in place of its own (default:"
                            + " ${DEFAULT-VALUE}).")
    private int seeds;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            defaultValue = "8",
            description = "Passes over the training part (default: ${DEFAULT-VALUE}).")
    private int epochs;

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "Examples in a micro-batch, instead of training.micro-batch.")
    private @Nullable Integer batch;

    @Option(
            names = "--early-stopping",
            paramLabel = "PATIENCE",
            defaultValue = "0",
            description =
                    "Stop when so many epochs in a row were no better on a tenth of the training"
                            + " part, then not learned from, and keep the best weights (default:"
                            + " train for all epochs).")
    private int patience;

    @Option(
            names = "--metric",
            paramLabel = "NAME",
            description =
                    "rmse or mae; of clicks auc, logloss or normalized_entropy (default: the"
                            + " first).")
    private @Nullable String metric;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "1",
            description = "Threads of one tensor operation (default: ${DEFAULT-VALUE}).")
    private int threads;

    @Override
    public Integer call() throws Exception {
        output.checkJson();
        BenchOptions.require("--seeds", seeds, 1, MOST_SEEDS);
        BenchOptions.require("--epochs", epochs, 1, MOST_EPOCHS);
        BenchOptions.require("--early-stopping", patience, 0, MOST_EPOCHS);
        BenchOptions.require("--threads", threads, 1, BenchOptions.MOST_THREADS);
        if (batch != null) {
            BenchOptions.require("--batch", batch, 1, LARGEST_BATCH);
        }
        FitCuts cuts = new FitCuts(split(), splitSeed, validate, patience);
        FitInput events = FitInput.read(input);
        List<Contestant> contestants = new ArrayList<>();
        Set<String> mistakes = new LinkedHashSet<>();
        for (Path file : configs) {
            try {
                Contestant contestant = contestant(file);
                // Cut again before the training: the examples of all models are too much to keep.
                var unused = cuts.of(events.examples(contestant.config()), contestant.criterion());
                contestants.add(contestant);
            } catch (UsageException | ConfigException e) {
                mistakes.add(String.valueOf(e.getMessage()));
            }
        }
        if (!mistakes.isEmpty()) {
            return tell(mistakes, ExitCode.USAGE);
        }
        if (events.profiles() > 0) {
            output.say("without %s of profiles", Figures.count(events.profiles(), "record"));
        }
        TorchEngine.start(threads);
        FitReport report = new FitReport(output, cuts);
        List<String> failures = new ArrayList<>();
        for (Contestant contestant : contestants) {
            fit(contestant, events, cuts, report, failures);
        }
        report.end();
        return failures.isEmpty() ? ExitCode.OK : tell(failures, ExitCode.SOFTWARE);
    }

    /** Says each sentence as an answer of the command. */
    private int tell(Collection<String> sentences, int exitCode) {
        sentences.forEach(sentence -> output.err().println("millrace fit: " + sentence));
        output.err().flush();
        return exitCode;
    }

    private Split split() {
        try {
            return Split.parse(split);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--split: " + e.getMessage());
        }
    }

    private Contestant contestant(Path file) {
        PipelineConfig config = PipelineConfigReader.read(file);
        requireOffline(file, config.model());
        int microBatch = batch == null ? config.training().microBatch() : batch;
        BenchOptions.require(file + ": training.micro-batch", microBatch, 1, LARGEST_BATCH);
        try {
            return new Contestant(
                    file,
                    config,
                    new FitSettings(epochs, microBatch, patience),
                    metric == null
                            ? Criterion.of(config.model().objective())
                            : new Criterion(config.model().objective(), metric));
        } catch (IllegalArgumentException e) {
            throw new UsageException("--metric: " + e.getMessage());
        }
    }

    /** What takes a stream in the order of time would be missing here, and nobody would notice. */
    private static void requireOffline(Path file, ModelSpec model) {
        if (!model.stream().isEmpty()) {
            throw new UsageException(
                    file
                            + ": stream-features and profiles are computed in the order of time,"
                            + " which epochs do not have; leave them out, or use millrace backtest");
        }
    }

    /** Trains with all seeds, up to the first that diverges. */
    private void fit(
            Contestant contestant,
            FitInput events,
            FitCuts cuts,
            FitReport report,
            List<String> failures) {
        List<Example> examples = events.examples(contestant.config());
        FitCuts.Parts parts = cuts.of(examples, contestant.criterion());
        ModelSpec model = contestant.config().model();
        report.begin(contestant, parts, AbsentFeatures.of(model, examples, events));
        String failure = null;
        for (int seed = 1; seed <= seeds && failure == null; seed++) {
            long begin = System.nanoTime();
            try (OfflineFit fit =
                    new OfflineFit(
                            model.withSeed(seed), contestant.settings(), contestant.criterion())) {
                FitResult result = fit.fit(parts.learned(), parts.stopping(), parts.judgedBy());
                report.add(seed, result, (System.nanoTime() - begin) * 1e-9);
            } catch (DivergedException e) {
                failure = "seed " + seed + ": " + e.getMessage();
                failures.add(contestant.file() + ", " + failure);
            }
        }
        report.endModel(failure);
    }

    /** A model to be trained, and how. */
    record Contestant(
            Path file, PipelineConfig config, FitSettings settings, Criterion criterion) {}
}
