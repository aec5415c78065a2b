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
import java.util.SortedMap;

/** What a training run is fed with: recorded events, in the order of event time. */
record TrainInput(FileHistory history) {

    /**
     * Looks at what is there.
     *
     * @param scratch a directory that outlives the input
     */
    static TrainInput of(Path path, PipelineConfig config, Path scratch, BadLines badLines) {
        FileHistory history = Histories.open(path, TimeRange.ALL, scratch, badLines);
        requireExamples(path, history.counts(), config);
        SortedMap<String, Long> homeless =
                new ReplayProfiles(config.topics().profiles()).homeless(history);
        if (!homeless.isEmpty()) {
            throw new UsageException(
                    "--input "
                            + path
                            + " holds profiles that the pipeline "
                            + config.model().name()
                            + " does not declare: "
                            + String.join(", ", homeless.keySet())
                            + "; declare them under profiles, or leave their lines out");
        }
        return new TrainInput(history);
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
            new ReplayProfiles(config.topics().profiles())
                    .send(history, producer::send, () -> false);
            // No job is to read an event before them.
            producer.flush();
            return new HistoryFeed(config.topics(), producer::send).send(history).events();
        }
    }
}
