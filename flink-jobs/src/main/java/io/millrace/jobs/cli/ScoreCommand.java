package io.millrace.jobs.cli;

import io.millrace.jobs.ScoringJob;
import io.millrace.jobs.cli.process.StopSignal;
import io.millrace.jobs.cli.process.Workspace;
import io.millrace.jobs.cli.stream.Brokers;
import io.millrace.jobs.cli.stream.Jobs;
import io.millrace.jobs.cli.stream.PipelineTopics;
import io.millrace.jobs.cli.stream.TopicTail;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.embedded.EmbeddedFlink;
import io.millrace.jobs.simulate.EventProducer;
import io.millrace.schemas.Score;
import io.millrace.schemas.ScoreRequest;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace score}. */
@Command(
        name = "score",
        description = {
            "Answers score requests with the newest version of a model.",
            "Requests and scores are JSON lines. Without --input and with brokers: answers what"
                    + " comes on the topic of requests until Ctrl-C."
        },
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = {
            "  echo '{\"requestId\":\"1\",\"timestamp\":883600000000,\"user\":\"196\",\"candidates\":"
                    + "[{\"item\":\"242\"}]}' \\",
            "    | millrace score --config examples/movielens.yaml"
        })
final class ScoreCommand implements Callable<Integer> {

    private static final Path STANDARD = Path.of("-");

    @Mixin private final CommonOptions common = new CommonOptions();

    @Option(
            names = "--input",
            paramLabel = "FILE",
            description = "The requests; - is the standard input (the default without brokers).")
    private @Nullable Path input;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "Where to write the scores; - is the standard output (the default).")
    private Path output = STANDARD;

    @Option(
            names = "--versions",
            paramLabel = "DIR",
            description = "Where the versions are, instead of the pipeline's versions.directory.")
    private @Nullable Path versionsDirectory;

    @Override
    public Integer call() throws Exception {
        PipelineConfig config = common.pipeline();
        if (versionsDirectory != null) {
            config = config.withVersionsDirectory(versionsDirectory.toString());
        }
        checkOptions();
        boolean forEver = input == null && config.kafka().bootstrapServers() != null;
        requireVersion(config);
        ScoreRequestLines requests =
                forEver ? new ScoreRequestLines(List.of(), List.of()) : readRequests();
        requests.problems().forEach(common.err()::println);
        sayWhatIsMissing(config);
        common.err().flush();
        try (StopSignal stop = StopSignal.onInterrupt();
                Workspace files = Workspace.temporary();
                Brokers brokers = Brokers.open(config, files.path())) {
            run(brokers.config(), requests.requests(), forEver, files.path(), stop);
        }
        if (!requests.problems().isEmpty()) {
            throw new FailedException(
                    "%,d of the requests could not be read; all others were answered"
                            .formatted(requests.problems().size()));
        }
        return ExitCode.OK;
    }

    private void checkOptions() {
        if (input != null && !input.equals(STANDARD)) {
            common.checkFile("--input", input);
        }
        if (output.equals(STANDARD) && common.jsonOnStandardOutput()) {
            throw new UsageException(
                    "scores and --json cannot both go to the standard output; name a file for one");
        }
        common.checkJson();
    }

    /** Rows of stream features are on the Kafka of the training job, nowhere else. */
    private void sayWhatIsMissing(PipelineConfig config) {
        if (config.kafka().bootstrapServers() == null && !config.model().stream().isEmpty()) {
            common.err()
                    .println(
                            "millrace score: a broker of this process has no rows of stream features"
                                    + " and profiles: they count as missing; with"
                                    + " --bootstrap-servers, name the Kafka that training reads");
        }
    }

    private static void requireVersion(PipelineConfig config) throws Exception {
        if (Versions.of(config).newest() == 0) {
            throw new FailedException(
                    "model "
                            + config.model().name()
                            + " has no version yet in "
                            + config.versions().directory()
                            + "; \"millrace train\" makes one");
        }
    }

    private ScoreRequestLines readRequests() throws Exception {
        if (input == null || input.equals(STANDARD)) {
            return ScoreRequestLines.read(System.in, "standard input");
        }
        try (InputStream file = Files.newInputStream(input)) {
            return ScoreRequestLines.read(file, input.toString());
        }
    }

    private void run(
            PipelineConfig config,
            List<ScoreRequest> requests,
            boolean forEver,
            Path files,
            StopSignal stop)
            throws Exception {
        try (PipelineTopics topics = new PipelineTopics(config)) {
            topics.createAbsent();
        }
        PrintWriter lines = scores();
        ScoreAnswers answers = new ScoreAnswers(requests, lines);
        try (var scores =
                        new TopicTail<>(
                                config, config.topics().scores(), Score.class, answers::answered);
                EmbeddedFlink flink = EmbeddedFlink.start(files, Jobs.slots(config));
                Jobs jobs = new Jobs(flink)) {
            CompletableFuture<?> job =
                    jobs.submit("score " + config.model().name(), new ScoringJob(config)::build);
            send(config, requests);
            if (forEver) {
                common.out()
                        .printf(
                                "Answering requests on %s until Ctrl-C ...%n",
                                config.topics().scoreRequests());
                common.out().flush();
            }
            CompletableFuture<Void> enough =
                    forEver ? new CompletableFuture<>() : answers.complete();
            var unused = CompletableFuture.anyOf(enough, job, stop.requested()).get();
        } finally {
            lines.flush();
            if (!output.equals(STANDARD)) {
                lines.close();
            }
        }
        common.writeJson(answers.toJson());
    }

    private static void send(PipelineConfig config, List<ScoreRequest> requests) {
        try (EventProducer producer = new EventProducer(config)) {
            requests.forEach(
                    request ->
                            producer.send(
                                    config.topics().scoreRequests(),
                                    request.getRequestId(),
                                    request));
        }
    }

    private PrintWriter scores() throws Exception {
        return output.equals(STANDARD)
                ? common.standardOutput()
                : new PrintWriter(
                        new OutputStreamWriter(
                                Files.newOutputStream(output), StandardCharsets.UTF_8));
    }
}
