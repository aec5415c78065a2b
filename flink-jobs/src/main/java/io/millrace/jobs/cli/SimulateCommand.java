package io.millrace.jobs.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.jobs.cli.process.StopSignal;
import io.millrace.jobs.cli.stream.PipelineTopics;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.history.EventLine;
import io.millrace.jobs.simulate.EventFeed;
import io.millrace.jobs.simulate.EventProducer;
import io.millrace.jobs.simulate.OracleScores;
import io.millrace.jobs.simulate.Pacer;
import io.millrace.jobs.simulate.SimulatedEvent;
import io.millrace.jobs.simulate.Simulator;
import io.millrace.jobs.simulate.World;
import io.millrace.jobs.simulate.WorldSettings;
import io.millrace.model.metric.Auc;
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
        description =
                "Writes the events of the demo's world to Kafka as they happen, or to a file.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace simulate --bootstrap-servers localhost:9092 --rate 500 --duration 10m",
            "  millrace simulate --output events.jsonl --duration 1m --seed 7"
        })
final class SimulateCommand implements Callable<Integer> {

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

    @Override
    public Integer call() throws Exception {
        PipelineConfig config = common.pipelineOrExample();
        if (output == null && config.kafka().bootstrapServers() == null) {
            throw new UsageException(
                    "where should the events go? Name brokers with --bootstrap-servers, or a file"
                            + " with --output");
        }
        if (!(rate > 0 && rate <= 1e6)) {
            throw new UsageException("--rate must be above 0 and at most 1000000 a second");
        }
        if (start != null && output == null) {
            throw new UsageException(
                    "--start is for a file: on a topic, events happen as they are written; name"
                            + " --output, or leave --start out");
        }
        common.checkJson();
        OracleScores oracle = new OracleScores();
        Simulator simulator = simulator(config);
        long written;
        try (StopSignal stop = StopSignal.onInterrupt()) {
            written =
                    output == null
                            ? toKafka(config, simulator, oracle, stop)
                            : toFile(output, simulator, oracle, stop);
        }
        report(written, oracle);
        return ExitCode.OK;
    }

    private Simulator simulator(PipelineConfig config) {
        World world =
                new World(
                        seed,
                        WorldSettings.demo(begin(), duration, config.labels().attributionWindow())
                                .withDrift(drift));
        return new Simulator(world, seed, rate);
    }

    /** A file's events have happened; those on a topic happen as they are written. */
    private Instant begin() {
        if (output == null) {
            return Instant.now();
        }
        return start == null ? Instant.now().minus(duration) : start;
    }

    private long toKafka(
            PipelineConfig config, Simulator simulator, OracleScores oracle, StopSignal stop)
            throws InterruptedException {
        try (PipelineTopics topics = new PipelineTopics(config)) {
            topics.createAbsent();
        }
        common.out()
                .printf(
                        "Writing to %s and %s at %s for %d s ...%n",
                        config.topics().impressions(),
                        config.topics().clicks(),
                        config.kafka().bootstrapServers(),
                        duration.toSeconds());
        common.out().flush();
        try (EventProducer producer = new EventProducer(config)) {
            return new EventFeed(producer, config.topics().impressions(), config.topics().clicks())
                    .run(
                            simulator,
                            new Pacer(1),
                            stop::isRequested,
                            (event, metadata) -> oracle.add(event));
        }
    }

    private static long toFile(Path file, Simulator simulator, OracleScores oracle, StopSignal stop)
            throws IOException {
        EventLine lines = new EventLine();
        long written = 0;
        try (BufferedWriter writer = Files.newBufferedWriter(file)) {
            while (simulator.hasNext() && !stop.isRequested()) {
                SimulatedEvent event = simulator.next();
                oracle.add(event);
                writer.write(
                        event instanceof SimulatedEvent.Shown shown
                                ? lines.write(shown.impression())
                                : lines.write(((SimulatedEvent.Clicked) event).click()));
                writer.newLine();
                written++;
            }
        }
        return written;
    }

    private void report(long written, OracleScores oracle) throws IOException {
        Double ceiling = oracle.values().get(Auc.NAME);
        common.out()
                .printf(
                        "%,d events written: %,d impressions, %,d clicks; their true probabilities"
                                + " have AUC %s.%n",
                        written,
                        oracle.impressions(),
                        written - oracle.impressions(),
                        ceiling == null ? "-" : "%.4f".formatted(ceiling));
        common.out().flush();
        ObjectNode json = common.mapper().createObjectNode();
        json.put("events", written)
                .put("impressions", oracle.impressions())
                .put("clicks", written - oracle.impressions())
                .put("oracle_auc", ceiling);
        common.writeJson(json);
    }
}
