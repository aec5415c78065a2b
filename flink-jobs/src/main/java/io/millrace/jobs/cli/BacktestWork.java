package io.millrace.jobs.cli;

import io.millrace.jobs.backtest.BacktestPipeline;
import io.millrace.jobs.backtest.BacktestSettings;
import io.millrace.jobs.backtest.OutcomeFile;
import io.millrace.jobs.backtest.OutcomeFile.RejectedEvent;
import io.millrace.jobs.cli.backtest.BacktestReport;
import io.millrace.jobs.cli.backtest.Figures;
import io.millrace.jobs.cli.backtest.ReportMetric;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.train.StartVersion;
import io.millrace.model.config.ModelSpecWriter;
import io.millrace.model.evaluate.Evaluation;
import io.millrace.model.evaluate.EvaluationSettings;
import io.millrace.model.evaluate.Outcomes;
import io.millrace.model.loss.Objective;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All that a backtest is to do.
 *
 * @param start the version to begin with; null for a cold start
 * @param pipelines of the entrants, in their order
 */
record BacktestWork(
        List<BacktestEntrant> entrants,
        @Nullable BacktestStart start,
        BacktestInput input,
        List<BacktestPipeline> pipelines,
        BacktestSettings settings,
        BacktestSlices slices) {

    /** What has been recorded. */
    OutcomeFile.Recorded recorded() throws IOException {
        return OutcomeFile.read(Path.of(settings.outcomes()), pipelines, settings);
    }

    String brokers() {
        return String.valueOf(entrants.get(0).config().kafka().bootstrapServers());
    }

    /** Why there is no example. */
    String whyNothing(BacktestRun.End end, OutcomeFile.Recorded recorded) {
        if (end.failure() != null) {
            return end.failure();
        }
        if (end.stopped()) {
            return "stopped before there was an example to judge";
        }
        List<RejectedEvent> rejected = recorded.rejected();
        return "none of "
                + Figures.count(input.history().size(), "event")
                + " of "
                + input.source()
                + " made an example"
                + (rejected.isEmpty()
                        ? ""
                        : "; the first record that could not be used is "
                                + rejected.get(0).origin()
                                + ": "
                                + rejected.get(0).reason()
                                + ": "
                                + rejected.get(0).detail());
    }

    /**
     * What came of it.
     *
     * @param drawsCrosses whether to look at what was learned about pairs of features
     * @param keepsVersions whether the versions outlive this process
     */
    BacktestReport report(
            BacktestRun.End end,
            OutcomeFile.Recorded recorded,
            EvaluationSettings judging,
            ReportMetric metric,
            Objective objective,
            String command,
            boolean drawsCrosses,
            boolean keepsVersions)
            throws IOException {
        Outcomes outcomes = slices.of(recorded.outcomes());
        List<BacktestReport.Participant> participants = new ArrayList<>();
        for (int i = 0; i < entrants.size(); i++) {
            participants.add(participant(i, end, command, drawsCrosses, keepsVersions));
        }
        return new BacktestReport(
                command,
                new Millrace.Release().getVersion()[0],
                unfinished(end, recorded),
                data(recorded),
                objective,
                judging.judgeFrom(),
                settings.syncNames(),
                metric,
                participants,
                Evaluation.of(outcomes, judging.to(labelledTo(outcomes))),
                new BacktestReport.Throughput(
                        outcomes.size() / Math.max(1e-9, end.seconds()), end.seconds()));
    }

    /**
     * Where late windows go on behind the end, labels are not settled: some clicks have made their
     * examples or corrections, others have not come, and to judge those would be to judge by what
     * came in time.
     */
    private long labelledTo(Outcomes outcomes) {
        PipelineConfig config = entrants.get(0).config();
        if (config.model().objective() instanceof Objective.Rating || outcomes.size() == 0) {
            return Long.MAX_VALUE;
        }
        return Arrays.stream(outcomes.times()).max().orElseThrow()
                - config.labels().lateWindow().toMillis()
                - config.events().outOfOrderness().toMillis();
    }

    private @Nullable String unfinished(BacktestRun.End end, OutcomeFile.Recorded recorded) {
        if (end.isComplete()) {
            return null;
        }
        String after =
                " after "
                        + Figures.count(recorded.events())
                        + " of "
                        + Figures.count(input.history().size(), "event");
        return end.failure() == null
                ? "it was stopped" + after + "."
                : "it failed" + after + ": " + end.failure();
    }

    private BacktestReport.Data data(OutcomeFile.Recorded recorded) {
        long[] times = recorded.outcomes().times();
        List<RejectedEvent> rejected = new ArrayList<>(input.badRows());
        recorded.rejected().stream().limit(BacktestInput.SHOWN).forEach(rejected::add);
        SortedMap<String, String> facts = new TreeMap<>(input.history().facts());
        if (recorded.unlabelled() > 0) {
            facts.put("impressions too late to be labelled", Long.toString(recorded.unlabelled()));
        }
        return new BacktestReport.Data(
                input.source(),
                recorded.fingerprint(),
                recorded.profiles(),
                Arrays.stream(times).min().orElse(0),
                Arrays.stream(times).max().orElse(0),
                recorded.events(),
                times.length,
                input.badRowCount() + recorded.rejected().size(),
                List.copyOf(rejected),
                facts);
    }

    private BacktestReport.Participant participant(
            int index,
            BacktestRun.End end,
            String command,
            boolean drawsCrosses,
            boolean keepsVersions)
            throws IOException {
        BacktestEntrant entrant = entrants.get(index);
        BacktestPipeline pipeline = pipelines.get(index);
        StartVersion begun = pipeline.start();
        Versions versions = Versions.of(pipeline.config());
        long last = versions.newest();
        BacktestCrosses crosses =
                last == 0
                        ? BacktestCrosses.none(
                                end.isComplete()
                                        ? "No version was published."
                                        : "A backtest that does not end publishes no version to"
                                                + " draw.")
                        : drawsCrosses
                                ? BacktestCrosses.of(
                                        versions, last, input.history(), input.source(), command)
                                : BacktestCrosses.none("");
        return new BacktestReport.Participant(
                entrant.name(),
                entrant.file().toString(),
                entrant.text(),
                ModelSpecWriter.hash(entrant.config().model()),
                entrant.config().model().architecture().type(),
                begun == null ? null : (Long) begun.version(),
                BacktestStart.words(start, entrant),
                last == 0 ? null : (Long) last,
                keepsVersions ? pipeline.config().versions().directory() : null,
                crosses.explained(),
                crosses.reason());
    }
}
