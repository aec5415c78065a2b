package io.millrace.jobs.cli;

import io.millrace.jobs.cli.stream.Histories;
import io.millrace.jobs.cli.stream.HistoryFeed;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.history.TimeRange;
import io.millrace.jobs.history.file.EventCounts;
import io.millrace.jobs.history.file.FileHistory;
import io.millrace.jobs.simulate.EventProducer;
import io.millrace.model.loss.Objective;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What a training run is fed with: recorded events, in the order of event time, and ahead of them
 * profiles.
 *
 * @param leftOut profiles that the pipeline does not declare, which are not sent
 */
record TrainInput(FileHistory history, ReplayLeftOut leftOut) {

    /**
     * Looks at what is there.
     *
     * @param scratch a directory that outlives the input
     */
    static TrainInput of(Path path, PipelineConfig config, Path scratch, BadLines badLines) {
        FileHistory history = Histories.open(path, TimeRange.ALL, scratch, badLines);
        requireExamples(path, history.counts(), config);
        return new TrainInput(history, ReplayLeftOut.of(history, config));
    }

    /** Fails when there is nothing of the kind that the pipeline learns from. */
    static void requireExamples(Path path, EventCounts counts, PipelineConfig config) {
        boolean isOfRatings = config.model().objective() instanceof Objective.Rating;
        if ((isOfRatings ? counts.ratings() : counts.impressions() + counts.clicks()) == 0) {
            throw new UsageException(
                    String.format(
                            Locale.ROOT,
                            "--input %s has no %s for the pipeline %s to learn from, but %,d"
                                    + " impressions, %,d clicks and %,d ratings",
                            path,
                            isOfRatings ? "ratings" : "impressions",
                            config.model().name(),
                            counts.impressions(),
                            counts.clicks(),
                            counts.ratings()));
        }
    }

    /** Sends all of it to the pipeline's topics, profiles first; returns how many events it had. */
    long send(PipelineConfig config) throws IOException, InterruptedException {
        try (EventProducer producer = new EventProducer(config)) {
            ReplayProfiles.of(config).send(history, producer, () -> false);
            return new HistoryFeed(config.topics(), producer::send).send(history).events();
        }
    }
}
