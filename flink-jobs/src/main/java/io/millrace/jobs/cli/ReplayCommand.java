package io.millrace.jobs.cli;

import io.millrace.jobs.cli.process.StopSignal;
import io.millrace.jobs.cli.process.Workspace;
import io.millrace.jobs.cli.stream.Histories;
import io.millrace.jobs.cli.stream.HistoryFeed;
import io.millrace.jobs.cli.stream.PipelineTopics;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.history.file.EventCounts;
import io.millrace.jobs.history.file.FileHistory;
import io.millrace.jobs.simulate.EventProducer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace replay}. */
@Command(
        name = "replay",
        description = {
            "Writes recorded events to Kafka, in the order of event time, and ahead of them the"
                    + " profiles that hold from before their end on.",
            "They are of a file or directory of events as JSON lines or Avro, of MovieLens, or a"
                    + " file of Criteo or Avazu. In JSON lines each line is an event and its type:"
                    + " impression, click or rating, or a profile that the pipeline file declares."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace replay --bootstrap-servers localhost:9092 --input events.jsonl",
            "  millrace replay --bootstrap-servers localhost:9092 --input ml-25m --speed 1000x \\",
            "    --from 2015-01-01 --to 2015-02-01"
        })
final class ReplayCommand implements Callable<Integer> {

    @Mixin private final CommonOptions common = new CommonOptions();

    @Option(
            names = "--input",
            paramLabel = "PATH",
            required = true,
            description = "The events: a file or a directory.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path input;

    @Option(
            names = "--speed",
            paramLabel = "FACTOR",
            converter = SpeedConverter.class,
            description =
                    "Send events as they happened, so much faster: 1x, 10x, 0.5x (default: as fast"
                            + " as Kafka takes them).")
    private @Nullable Double speed;

    @Mixin private final RangeOptions range = new RangeOptions();

    @Override
    public Integer call() throws Exception {
        PipelineConfig config = common.pipelineOrExample();
        if (config.kafka().bootstrapServers() == null) {
            throw new UsageException(
                    "a replay needs a Kafka that outlives it: name its brokers with"
                            + " --bootstrap-servers");
        }
        common.checkJson();
        BadLines badLines = new BadLines(input, common.err());
        try (StopSignal stop = StopSignal.onInterrupt();
                Workspace scratch = Workspace.temporary()) {
            FileHistory history = Histories.open(input, range.range(), scratch.path(), badLines);
            try (PipelineTopics topics = new PipelineTopics(config)) {
                topics.createAbsent();
            }
            ReplayLeftOut leftOut = ReplayLeftOut.of(history, config);
            leftOut.tell(common.err());
            replay(history, config, stop, badLines);
            leftOut.failIfAny(badLines);
        }
        return ExitCode.OK;
    }

    private void replay(
            FileHistory history, PipelineConfig config, StopSignal stop, BadLines badLines)
            throws Exception {
        double factor = speed == null ? Double.POSITIVE_INFINITY : speed;
        ReplayProgress progress =
                new ReplayProgress(
                        history, factor, System::nanoTime, line -> common.say("%s", line));
        long sentProfiles;
        EventCounts sent;
        try (EventProducer producer = new EventProducer(config)) {
            sentProfiles = ReplayProfiles.of(config).send(history, producer, stop::isRequested);
            sent =
                    new HistoryFeed(config.topics(), producer::send)
                            .send(history, factor, stop::isRequested, progress);
        }
        report(
                history,
                sentProfiles,
                sent,
                sent.events() == 0 ? null : progress.reached(),
                badLines);
    }

    private void report(
            FileHistory history,
            long sentProfiles,
            EventCounts sent,
            @Nullable Long reached,
            BadLines badLines)
            throws Exception {
        boolean isComplete = sent.events() == history.size();
        String last = reached == null ? null : Instant.ofEpochMilli(reached).toString();
        if (!isComplete) {
            common.say(
                    "Stopped%s, with %,d of %,d events sent.",
                    last == null ? "" : " at " + last, sent.events(), history.size());
        }
        common.say(
                "%,d events sent: %,d impressions, %,d clicks, %,d ratings.",
                sent.events(), sent.impressions(), sent.clicks(), sent.ratings());
        if (sentProfiles > 0) {
            common.say("%,d records of profiles sent ahead of them.", sentProfiles);
        }
        common.writeJson(
                common.mapper()
                        .createObjectNode()
                        .put("events", sent.events())
                        .put("impressions", sent.impressions())
                        .put("clicks", sent.clicks())
                        .put("ratings", sent.ratings())
                        .put("profiles", sentProfiles)
                        .put("bad_lines", badLines.count())
                        .put("complete", isComplete)
                        .put("last_event", last));
    }
}
