package io.millrace.jobs.cli;

import io.millrace.jobs.backtest.BacktestPipeline;
import io.millrace.jobs.backtest.BacktestSettings;
import io.millrace.jobs.backtest.OutcomeFile;
import io.millrace.jobs.cli.backtest.BacktestProgress;
import io.millrace.jobs.cli.backtest.BacktestReport;
import io.millrace.jobs.cli.backtest.Figures;
import io.millrace.jobs.cli.backtest.ReportJson;
import io.millrace.jobs.cli.backtest.ReportMetric;
import io.millrace.jobs.cli.backtest.ReportPage;
import io.millrace.jobs.cli.process.StopSignal;
import io.millrace.jobs.cli.process.Terminal;
import io.millrace.jobs.cli.process.Workspace;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.model.evaluate.EvaluationSettings;
import io.millrace.model.loss.Objective;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code millrace backtest}. */
@Command(
        name = "backtest",
        description = {
            "Replays recorded events through the production graph and says how well each pipeline"
                    + " would have predicted them.",
            "All pipelines learn from the same examples, each predicted before it is learned from."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace backtest --config examples/movielens.yaml --input ml-100k --report out.html",
            "  millrace backtest --config a.yaml b.yaml --input clicks.jsonl --sync 0,1h,never \\",
            "    --slice position new:user --report out.html --json out.json",
            "  millrace backtest --config a.yaml b.yaml --input clicks --from-version 7 \\",
            "    --bootstrap-servers localhost:9092"
        })
final class BacktestCommand implements Callable<Integer> {

    private static final int MOST_READERS = 128;
    private static final int MOST_REPLICATES = 100_000;

    /** Where judging begins when {@code never} is asked for and nothing else is said. */
    private static final String BY_DEFAULT_WITH_NEVER = "50%";

    private static final String FROM_THE_BEGINNING = "0%";

    @Mixin private final OutputOptions output = new OutputOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            arity = "1..*",
            required = true,
            description = "The pipeline files (YAML) to compare.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private List<Path> configs;

    @Option(
            names = "--input",
            paramLabel = "PATH|TOPIC",
            required = true,
            description =
                    "Recorded events: a directory or file (MovieLens, Criteo, Avazu, or our own"
                            + " events as JSON lines or Avro), or a topic that the first pipeline"
                            + " learns from.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String input;

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description = "Kafka brokers of the topic, instead of those of the first pipeline.")
    private @Nullable String bootstrapServers;

    @Mixin private final BacktestRange range = new BacktestRange();

    @Option(
            names = "--sync",
            paramLabel = "WHEN",
            split = ",",
            defaultValue = BacktestSyncs.AT_ONCE,
            description =
                    "How often serving weights follow the trained ones, in event time: 0 for at"
                            + " once, 30s, 5m, 1h, 1d, or never. Several, with commas between,"
                            + " give a curve (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private List<String> syncs;

    @Option(
            names = "--judge-from",
            paramLabel = "TIME|SHARE",
            description =
                    "Judge predictions from this instant or date on, or after this share of the"
                            + " events; what comes before is only learned from, and --sync never"
                            + " keeps the weights of then (default: all; with --sync never 50%%).")
    private @Nullable String judgeFrom;

    @Option(
            names = "--window",
            paramLabel = "TIME",
            description =
                    "Length of the windows of event time (default: one that makes 20 to 60 of"
                            + " them).")
    private @Nullable Duration window;

    @Option(
            names = "--slice",
            paramLabel = "FIELD|new:FIELD",
            arity = "1..*",
            description =
                    "Judge also by the values of a field of the events, such as position, or by"
                            + " how often its value came before, such as new:user.")
    @SuppressWarnings("FieldMayBeFinal") // set by picocli
    private List<String> slices = new ArrayList<>();

    @Option(
            names = "--metric",
            paramLabel = "NAME",
            description =
                    "The metric that says who won: rmse, mae or bias; of clicks auc, gauc, logloss,"
                            + " normalized_entropy, calibration or ece (default: the first).")
    private @Nullable String metric;

    @Option(
            names = "--readers",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Threads that decode events; they change no result (default:"
                            + " ${DEFAULT-VALUE}).")
    private int readers;

    @Option(
            names = "--replicates",
            paramLabel = "N",
            defaultValue = "1000",
            description =
                    "How often windows are drawn anew for intervals and tests, 0 for neither"
                            + " (default: ${DEFAULT-VALUE}).")
    private int replicates;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "42",
            description = "Seed of these draws (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--versions",
            paramLabel = "DIR",
            description =
                    "Keep the last version of each pipeline, in a folder of its name in this"
                            + " directory.")
    private @Nullable Path versions;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = "Write the report as a page (HTML) that needs nothing beside it.")
    private @Nullable Path report;

    @Override
    public Integer call() throws Exception {
        checkOptions();
        BacktestSyncs wantedSyncs = new BacktestSyncs(syncs);
        BacktestSlices wantedSlices = new BacktestSlices(slices);
        JudgeFrom judged =
                JudgeFrom.parse(
                        judgeFrom != null
                                ? judgeFrom
                                : wantedSyncs.hasNever()
                                        ? BY_DEFAULT_WITH_NEVER
                                        : FROM_THE_BEGINNING);
        List<BacktestEntrant> entrants = onBrokers(BacktestEntrant.read(configs));
        Objective objective = entrants.get(0).config().model().objective();
        ReportMetric judge = judgedBy(objective);
        try (StopSignal stop = StopSignal.onInterrupt(Duration.ofMinutes(10));
                Workspace files = Workspace.temporary()) {
            BacktestStart start =
                    range.fromVersion() == null
                            ? null
                            : start(entrants.get(0), range.fromVersion());
            BacktestInput events = BacktestInput.open(input, files.path(), entrants, range, start);
            long from = judged.in(events.history());
            BacktestSettings settings =
                    new BacktestSettings(
                            wantedSyncs.from(
                                    from, entrants.get(0).config().events().outOfOrderness()),
                            wantedSyncs.names(),
                            wantedSlices.fields(),
                            readers,
                            files.path().resolve("outcomes").toString());
            List<BacktestPipeline> pipelines = pipelines(entrants, start, files.path());
            BacktestWork work =
                    new BacktestWork(entrants, start, events, pipelines, settings, wantedSlices);
            return run(work, objective, judge, from, files.path(), stop);
        }
    }

    private void checkOptions() {
        output.checkJson();
        output.checkWritable("--report", report);
        range.check();
        BenchOptions.require("--readers", readers, 1, MOST_READERS);
        BenchOptions.require("--replicates", replicates, 0, MOST_REPLICATES);
        if (versions != null && Files.exists(versions) && !Files.isDirectory(versions)) {
            throw new UsageException("--versions " + versions + " is a file, not a directory");
        }
    }

    private List<BacktestEntrant> onBrokers(List<BacktestEntrant> entrants) {
        return bootstrapServers == null
                ? entrants
                : entrants.stream().map(one -> one.onBrokers(bootstrapServers)).toList();
    }

    private ReportMetric judgedBy(Objective objective) {
        try {
            return metric == null
                    ? ReportMetric.first(objective)
                    : ReportMetric.named(metric, objective);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--metric: " + e.getMessage());
        }
    }

    /** The version to begin with, unless its offsets are of no use. */
    private BacktestStart start(BacktestEntrant first, long version) throws IOException {
        if (Files.exists(Path.of(input))) {
            range.requireNoneOfKafka(Path.of(input));
        }
        return BacktestStart.of(first, version);
    }

    private List<BacktestPipeline> pipelines(
            List<BacktestEntrant> entrants, @Nullable BacktestStart start, Path scratch)
            throws IOException {
        List<BacktestPipeline> pipelines = new ArrayList<>();
        for (BacktestEntrant one : entrants) {
            Path directory =
                    (versions == null ? scratch.resolve("versions") : versions).resolve(one.name());
            PipelineConfig config =
                    one.config()
                            .withVersionsDirectory(directory.toString())
                            .withCheckpointsDirectory(scratch.resolve("checkpoints").toString());
            if (Versions.of(config).newest() > 0) {
                throw new UsageException(
                        "--versions "
                                + versions
                                + ": "
                                + directory
                                + " has versions already; name another directory, so that theirs"
                                + " are not mixed up");
            }
            pipelines.add(
                    new BacktestPipeline(
                            one.name(), config, start == null ? null : start.weightsFor(one)));
        }
        return pipelines;
    }

    private int run(
            BacktestWork work,
            Objective objective,
            ReportMetric judge,
            long from,
            Path files,
            StopSignal stop)
            throws Exception {
        BacktestScreen screen = new BacktestScreen(output);
        screen.begin(work, from);
        BacktestRun.End end =
                new BacktestRun(work.pipelines(), work.input().history(), work.settings())
                        .run(files, progress(work), stop);
        OutcomeFile.Recorded recorded = work.recorded();
        if (recorded.outcomes().size() == 0) {
            throw new FailedException(work.whyNothing(end, recorded));
        }
        BacktestReport result =
                work.report(
                        end,
                        recorded,
                        new EvaluationSettings(from, window, replicates, seed),
                        judge,
                        objective,
                        command(work),
                        report != null,
                        versions != null);
        if (report != null) {
            Files.writeString(report, ReportPage.of(result));
        }
        screen.end(result, work.slices().absent(recorded.outcomes()));
        if (report != null) {
            output.say("The page is %s.", report);
        }
        output.writeJson(ReportJson.of(result));
        if (end.failure() != null) {
            throw new FailedException(
                    "failed after "
                            + Figures.count(recorded.outcomes().size(), "example")
                            + ", of which the result is: "
                            + end.failure());
        }
        return ExitCode.OK;
    }

    private BacktestProgress progress(BacktestWork work) {
        Terminal terminal = Terminal.detect();
        return new BacktestProgress(
                output.out(),
                output.jsonOnStandardOutput()
                        ? new Terminal(false, false, terminal.unicode(), terminal.width())
                        : terminal,
                work.input().history().size(),
                System::nanoTime);
    }

    /** The command that makes the same of these events, whatever comes to a topic later. */
    private String command(BacktestWork work) {
        List<String> words = new ArrayList<>(List.of("./millrace", "backtest", "--config"));
        configs.forEach(file -> words.add(ModelsCommand.Which.absolute(file)));
        boolean isPath = Files.exists(Path.of(input));
        words.addAll(
                List.of("--input", isPath ? ModelsCommand.Which.absolute(Path.of(input)) : input));
        if (!isPath) {
            words.addAll(List.of("--bootstrap-servers", work.brokers()));
        }
        words.addAll(range.words(work.input().offsets()));
        for (String option :
                List.of(
                        "--sync",
                        "--judge-from",
                        "--window",
                        "--slice",
                        "--metric",
                        "--readers",
                        "--replicates",
                        "--seed",
                        "--versions",
                        "--report",
                        "--json")) {
            addIfGiven(option, words);
        }
        return ShellWords.join(words);
    }

    private void addIfGiven(String option, List<String> words) {
        if (!spec.commandLine().getParseResult().hasMatchedOption(option)) {
            return;
        }
        words.add(option);
        Object value = spec.findOption(option).getValue();
        if (option.equals("--sync")) {
            words.add(String.join(",", syncs));
        } else if (value instanceof List<?> list) {
            list.forEach(one -> words.add(one.toString()));
        } else if (value instanceof Duration duration) {
            words.add(Figures.span(duration.toMillis()));
        } else if (value instanceof Path path) {
            words.add(ModelsCommand.Which.absolute(path));
        } else {
            words.add(String.valueOf(value));
        }
    }
}
