package io.millrace.jobs.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.jobs.cli.process.StopSignal;
import io.millrace.jobs.cli.stream.PipelineTopics;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.history.EventLine;
import io.millrace.jobs.simulate.DisturbedEvents;
import io.millrace.jobs.simulate.EventFeed;
import io.millrace.jobs.simulate.EventProducer;
import io.millrace.jobs.simulate.Pacer;
import io.millrace.jobs.simulate.SimulatedEvent;
import io.millrace.jobs.simulate.Simulator;
import io.millrace.jobs.simulate.World;
import io.millrace.jobs.simulate.WorldSettings;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace simulate}. */
@Command(
        name = "simulate",
        description = {
            "Writes the events of the demo's world to Kafka as they happen, or to a file.",
            "The same seed, rate, duration and kind of world make the same events. Duplicates,"
                    + " disorder and late clicks change how they are delivered: which impressions"
                    + " there are and which of them are clicked stays the same."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace simulate --bootstrap-servers localhost:9092 --rate 500 --duration 10m",
            "  millrace simulate --output events.jsonl --duration 1m --seed 7",
            "  millrace simulate --output events.jsonl --truth truth.jsonl --duplicates 0.05 \\",
            "    --disorder 0.1 --disorder-by 1m --late-clicks 0.03"
        })
final class SimulateCommand implements Callable<Integer> {

    private static final int MOST_NEW_ITEMS = 1_000_000;

    @Mixin private final CommonOptions common = new CommonOptions();

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            defaultValue = "60s",
            description = "How long the world lives (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Duration duration;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Impressions a second (default: ${DEFAULT-VALUE}).")
    private double rate;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "42",
            description = "Seed of the world (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--drift",
            paramLabel = "KIND",
            defaultValue = "ABRUPT",
            description =
                    "How tastes change: none, abrupt (at once in the middle), or smooth, from a"
                            + " quarter of the time to three quarters (default: abrupt).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private WorldSettings.Drift drift;

    @Option(
            names = "--new-items",
            paramLabel = "N",
            description =
                    "Items that appear one after another over the whole time, beside the"
                            + " "
                            + WorldSettings.DEMO_ITEMS
                            + " there are from the start (default: "
                            + WorldSettings.DEMO_NEW_ITEMS
                            + ").")
    private int newItems = WorldSettings.DEMO_NEW_ITEMS;

    @Option(
            names = "--click-delay",
            paramLabel = "TIME",
            description =
                    "Mean of the exponential time from an impression to its click, which is cut at"
                            + " nine tenths of the pipeline's labels.attribution-window (default: a"
                            + " fifth of it).")
    private @Nullable Duration clickDelay;

    @Mixin private final DisturbanceOptions disturbances = new DisturbanceOptions();

    @Option(
            names = "--start",
            paramLabel = "TIME",
            description =
                    "With --output: when the world begins, a date or a moment (default: so that it"
                            + " ends now).")
    private @Nullable Instant start;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "Write JSON lines to this file, all at once, instead of to Kafka.")
    private @Nullable Path output;

    @Option(
            names = "--truth",
            paramLabel = "FILE",
            description =
                    "Write the truth of each impression to this file as JSON lines: impressionId,"
                            + " timestamp, the probability of a click, and the label, 1 if it is"
                            + " clicked, however late.")
    private @Nullable Path truth;

    @Override
    public Integer call() throws Exception {
        PipelineConfig config = common.pipelineOrExample();
        check(config);
        try (StopSignal stop = StopSignal.onInterrupt();
                TruthFile events = new TruthFile(truth, simulator(config.labels()))) {
            Simulation simulation =
                    new Simulation(
                            new DisturbedEvents(events, disturbances.disturbance(config), seed),
                            config.labels().attributionWindow());
            if (output == null) {
                toKafka(config, simulation, stop);
            } else {
                toFile(output, simulation, stop);
            }
            report(simulation);
        }
        return ExitCode.OK;
    }

    private void check(PipelineConfig config) {
        if (output == null && config.kafka().bootstrapServers() == null) {
            throw new UsageException(
                    "where should the events go? Name brokers with --bootstrap-servers, or a file"
                            + " with --output");
        }
        if (!(rate > 0 && rate <= 1e6)) {
            throw new UsageException("--rate must be above 0 and at most 1000000 a second");
        }
        if (newItems < 0 || newItems > MOST_NEW_ITEMS) {
            throw new UsageException("--new-items must be from 0 to " + MOST_NEW_ITEMS);
        }
        if (start != null && output == null) {
            throw new UsageException(
                    "--start is for a file: on a topic, events happen as they are written; name"
                            + " --output, or leave --start out");
        }
        if (truth != null && truth.equals(output)) {
            throw new UsageException("--truth and --output must be different files");
        }
        common.checkWritable("--output", output);
        common.checkWritable("--truth", truth);
        common.checkJson();
        disturbances.check(config);
    }

    private Simulator simulator(PipelineConfig.Labels labels) {
        WorldSettings settings =
                WorldSettings.demo(begin(), duration, labels.attributionWindow())
                        .withDrift(drift)
                        .withNewItems(newItems);
        if (clickDelay != null) {
            settings = settings.withMeanClickDelay(clickDelay);
        }
        return new Simulator(
                new World(seed, settings), seed, rate, disturbances.lateClicks(labels));
    }

    /** A file's events have happened; those on a topic happen as they are written. */
    private Instant begin() {
        if (output == null) {
            return Instant.now();
        }
        return start == null ? Instant.now().minus(duration) : start;
    }

    private void toKafka(PipelineConfig config, Simulation simulation, StopSignal stop)
            throws InterruptedException {
        try (PipelineTopics topics = new PipelineTopics(config)) {
            topics.createAbsent();
        }
        common.say(
                "Writing to %s and %s at %s for %d s ...",
                config.topics().impressions(),
                config.topics().clicks(),
                String.valueOf(config.kafka().bootstrapServers()),
                duration.toSeconds());
        try (EventProducer producer = new EventProducer(config)) {
            new EventFeed(producer, config.topics().impressions(), config.topics().clicks())
                    .deliver(simulation, new Pacer(1), stop::isRequested, (event, metadata) -> {});
        }
    }

    private static void toFile(Path file, Simulation simulation, StopSignal stop)
            throws IOException {
        EventLine lines = new EventLine();
        try (BufferedWriter writer = Files.newBufferedWriter(file)) {
            while (simulation.hasNext() && !stop.isRequested()) {
                SimulatedEvent event = simulation.next().event();
                writer.write(
                        event instanceof SimulatedEvent.Shown shown
                                ? lines.write(shown.impression())
                                : lines.write(((SimulatedEvent.Clicked) event).click()));
                writer.newLine();
            }
        }
    }

    private void report(Simulation simulation) throws IOException {
        common.say("%s", simulation.summary());
        ObjectNode json = common.mapper().createObjectNode();
        simulation.toJson(json);
        common.writeJson(json);
    }
}
