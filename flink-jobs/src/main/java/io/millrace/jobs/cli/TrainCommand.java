package io.millrace.jobs.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.jobs.TrainingJob;
import io.millrace.jobs.cli.cluster.Checkpoints;
import io.millrace.jobs.cli.process.StopSignal;
import io.millrace.jobs.cli.process.Workspace;
import io.millrace.jobs.cli.stream.Brokers;
import io.millrace.jobs.cli.stream.Jobs;
import io.millrace.jobs.cli.stream.PipelineTopics;
import io.millrace.jobs.cli.stream.TopicTail;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.embedded.EmbeddedFlink;
import io.millrace.model.loss.Objective;
import io.millrace.schemas.DeadLetter;
import io.millrace.schemas.ModelVersion;
import io.millrace.schemas.PrequentialMetrics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace train}. */
@Command(
        name = "train",
        description = {
            "Trains a model from Kafka and publishes its versions.",
            "With --input: puts that through Kafka, learns it in one pass and ends."
                    + " Without: learns what comes until Ctrl-C."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace train --config examples/movielens.yaml --input ml-100k",
            "  millrace train --config examples/clicks.yaml --bootstrap-servers localhost:9092"
        })
final class TrainCommand implements Callable<Integer> {

    @Mixin private final CommonOptions common = new CommonOptions();

    @Option(
            names = "--input",
            paramLabel = "PATH",
            description =
                    "Recorded events: MovieLens, Criteo, Avazu, or events as JSON lines or Avro.")
    private @Nullable Path input;

    @Option(
            names = "--versions",
            paramLabel = "DIR",
            description = "Where to publish, instead of the pipeline's versions.directory.")
    private @Nullable Path versionsDirectory;

    @Option(
            names = "--checkpoints",
            paramLabel = "DIR",
            description = "Where to checkpoint, instead of the pipeline's checkpoints.directory.")
    private @Nullable Path checkpointsDirectory;

    @Option(
            names = "--restore",
            paramLabel = "CHECKPOINT",
            description =
                    "Go on from this checkpoint or savepoint of Flink; it is of the same brokers.")
    private @Nullable String restore;

    @Override
    public Integer call() throws Exception {
        PipelineConfig config = placed(common.pipeline());
        boolean ownBroker = config.kafka().bootstrapServers() == null;
        if (ownBroker && input == null) {
            throw new UsageException(
                    "train from what? Name --input, or --bootstrap-servers to learn what comes");
        }
        if (ownBroker && restore != null) {
            throw new UsageException(
                    "--restore needs --bootstrap-servers: a checkpoint goes on at offsets of its"
                            + " brokers, and those in this process begin empty");
        }
        common.checkJson();
        BadLines badLines = new BadLines(input == null ? Path.of("") : input, common.err());
        try (StopSignal stop = StopSignal.onInterrupt();
                Workspace files = Workspace.temporary()) {
            TrainInput events =
                    input == null ? null : TrainInput.of(input, config, files.path(), badLines);
            if (events != null) {
                events.leftOut().tell(common.err());
            }
            try (Brokers brokers = Brokers.open(config, files.path())) {
                run(brokers.config(), events, files.path(), stop);
            }
            if (events != null) {
                events.leftOut().failIfAny(badLines);
            }
        }
        return ExitCode.OK;
    }

    private PipelineConfig placed(PipelineConfig config) {
        PipelineConfig placed = config;
        if (versionsDirectory != null) {
            placed = placed.withVersionsDirectory(versionsDirectory.toString());
        }
        if (checkpointsDirectory != null) {
            placed = placed.withCheckpointsDirectory(checkpointsDirectory.toString());
        }
        return placed;
    }

    private void run(
            PipelineConfig config, @Nullable TrainInput events, Path files, StopSignal stop)
            throws Exception {
        long newest = Versions.of(config).newest();
        sayWhereItGoesOn(config.model().name(), newest);
        Map<String, Map<Integer, Long>> end = feed(config, events);
        TrainingReport report =
                new TrainingReport(config.model().name(), config.model().objective(), common.out());
        long learnedBefore = learnedBefore(config, newest);
        long begin = System.currentTimeMillis();
        train(config, new TrainingJob(config, newest, end), report, files, stop);
        summarize(config, report, learnedBefore, begin);
        if (stop.isRequested()) {
            Checkpoints.newest(config.checkpoints().directory())
                    .ifPresent(checkpoint -> say("To go on from here: --restore %s", checkpoint));
        }
    }

    private void sayWhereItGoesOn(String model, long newest) {
        if (newest > 0 && restore == null) {
            say(
                    "Model %s has versions: numbering continues after version %d, but training"
                            + " starts from empty parameters; --restore CHECKPOINT continues training.",
                    model, newest);
        } else if (newest > 0) {
            say("Model %s has versions: numbering continues after version %d.", model, newest);
        }
    }

    /** Puts the input into Kafka; returns where to stop reading, null for never. */
    private @Nullable Map<String, Map<Integer, Long>> feed(
            PipelineConfig config, @Nullable TrainInput events)
            throws IOException, InterruptedException {
        try (PipelineTopics topics = new PipelineTopics(config)) {
            topics.createAbsent();
            if (events == null) {
                say("Training until Ctrl-C; versions go to %s.", config.versions().directory());
                return null;
            }
            say(
                    "%,d events are in Kafka; training on them, versions go to %s.",
                    events.send(config), config.versions().directory());
            List<String> read = new ArrayList<>(config.topics().profiles().values());
            if (config.model().objective() instanceof Objective.Rating) {
                read.add(config.topics().ratings());
            } else {
                read.addAll(List.of(config.topics().impressions(), config.topics().clicks()));
            }
            return topics.ends(read);
        }
    }

    /** Returns when the job has ended, or the user wants to stop, and all reports were heard. */
    private void train(
            PipelineConfig config,
            TrainingJob training,
            TrainingReport report,
            Path files,
            StopSignal stop)
            throws Exception {
        PipelineConfig.Topics topics = config.topics();
        Configuration job = new Configuration();
        if (restore != null) {
            job.set(StateRecoveryOptions.SAVEPOINT_PATH, restore);
        }
        try (var metrics =
                        new TopicTail<>(
                                config,
                                topics.metrics(),
                                PrequentialMetrics.class,
                                report::measured);
                var letters =
                        new TopicTail<>(
                                config, topics.deadLetters(), DeadLetter.class, report::setAside);
                var versions =
                        new TopicTail<>(
                                config, topics.models(), ModelVersion.class, report::published);
                EmbeddedFlink flink = EmbeddedFlink.start(files, Jobs.slots(config));
                Jobs jobs = new Jobs(flink)) {
            String name = "train " + config.model().name();
            var unused =
                    CompletableFuture.anyOf(
                                    jobs.submit(name, training::build, job), stop.requested())
                            .get();
        }
    }

    private void summarize(
            PipelineConfig config, TrainingReport report, long learnedBefore, long begin)
            throws IOException {
        Versions versions = Versions.of(config);
        long newest = versions.newest();
        long rows = newest == 0 ? 0 : versions.rows(newest);
        double rate = rate(report, learnedBefore, begin);
        if (report.versions() > 0) {
            report.addLast(versions.catalog().manifest(newest));
        }
        say(
                "%nTotal: %s over %,d examples, %,d dead letters, %,.0f examples/s.",
                report.total(), report.examples(), report.deadLetters(), rate);
        say(
                newest == 0
                        ? "No version was published."
                        : "%,d versions of model %s were published; the last is version %d with %,d rows.",
                report.versions(),
                config.model().name(),
                newest,
                rows);
        ObjectNode json =
                common.mapper()
                        .createObjectNode()
                        .put("examples", report.examples())
                        .put("dead_letters", report.deadLetters());
        report.addTotals(json);
        json.put("rate", Math.round(rate * 10) / 10.0)
                .put("versions", report.versions())
                .put("last_version", newest == 0 ? null : (Long) newest)
                .put("state_rows", rows);
        common.writeJson(json);
    }

    /** Examples that the restored state had seen, as far as the versions tell. */
    private long learnedBefore(PipelineConfig config, long newest) throws IOException {
        return restore == null || newest == 0
                ? 0
                : Versions.of(config).catalog().manifest(newest).examples();
    }

    /** Examples a second, from the job's start to the last report. */
    private static double rate(TrainingReport report, long learnedBefore, long begin) {
        long passed = report.lastReportMillis() - begin;
        long learned = Math.max(0, report.examples() - learnedBefore);
        return passed <= 0 ? 0 : learned * 1000.0 / passed;
    }

    private void say(String format, Object... values) {
        common.out().println(String.format(Locale.ROOT, format, values));
        common.out().flush();
    }
}
