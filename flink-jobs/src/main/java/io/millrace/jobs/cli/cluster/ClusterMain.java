package io.millrace.jobs.cli.cluster;

import io.millrace.jobs.ScoringJob;
import io.millrace.jobs.TrainingJob;
import io.millrace.jobs.cli.stream.PipelineTopics;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.config.PipelineConfigReader;
import io.millrace.jobs.version.VersionDirectory;
import io.millrace.model.version.VersionCatalog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The main class of the job jar: runs a pipeline's job on the Flink cluster that calls it, be it by
 * {@code flink run}, in application mode or by the Kubernetes operator. A failure is an exception;
 * the process belongs to Flink and is never ended from here.
 */
@Command(
        name = "millrace.jar",
        description = "Runs a pipeline's training or scoring job on this Flink cluster.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class ClusterMain {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterMain.class);
    private static final String LATEST = "latest";

    /** The jobs of a pipeline. */
    enum Job {
        TRAIN,
        SCORE;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Parameters(index = "0", paramLabel = "JOB", description = "train or score.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Job job;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            required = true,
            description = "The pipeline file (YAML).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path config;

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description = "Kafka brokers, instead of those of the pipeline file.")
    private @Nullable String bootstrapServers;

    @Option(
            names = "--restore",
            paramLabel = "CHECKPOINT",
            description = {
                "Where to go on from: a checkpoint or savepoint, or latest: the newest complete"
                        + " checkpoint of this job, if there is one.",
                "Left out: what Flink's own configuration says, such as an upgrade by the Kubernetes"
                        + " operator."
            })
    private @Nullable String restore;

    /**
     * Runs a job until it ends, or, where Flink detaches, submits it.
     *
     * @throws CommandLine.ParameterException when the arguments are not understood
     */
    public static void main(String[] arguments) throws Exception {
        ClusterMain main = new ClusterMain();
        CommandLine commandLine = new CommandLine(main).setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.parseArgs(arguments);
        if (!CommandLine.printHelpIfRequested(commandLine.getParseResult())) {
            main.run();
        }
    }

    private void run() throws Exception {
        PipelineConfig pipeline = pipeline();
        String name = job.text() + " " + pipeline.model().name();
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        String checkpoints = checkpoints(env, pipeline);
        Configuration configuration = new Configuration();
        configuration.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints);
        goOn(name, checkpoints, configuration);
        env.configure(configuration, ClusterMain.class.getClassLoader());
        try (PipelineTopics topics = new PipelineTopics(pipeline)) {
            topics.createAbsent();
        }
        switch (job) {
            case TRAIN -> new TrainingJob(pipeline, newestVersion(pipeline), null).build(env);
            case SCORE -> new ScoringJob(pipeline).build(env);
        }
        env.execute(name);
    }

    private PipelineConfig pipeline() {
        PipelineConfig read = PipelineConfigReader.read(config);
        PipelineConfig pipeline =
                bootstrapServers == null ? read : read.withBootstrapServers(bootstrapServers);
        if (pipeline.kafka().bootstrapServers() == null) {
            throw new IllegalArgumentException(
                    config
                            + ": kafka.bootstrap-servers is missing; a job on a cluster needs Kafka"
                            + " brokers there or by --bootstrap-servers");
        }
        requireAbsolute("versions.directory", pipeline.versions().directory());
        requireAbsolute("checkpoints.directory", pipeline.checkpoints().directory());
        return pipeline;
    }

    /** Each process of a cluster would resolve it against a working directory of its own. */
    private void requireAbsolute(String key, String pathOrUri) {
        if (!pathOrUri.contains(":/") && !Path.of(pathOrUri).isAbsolute()) {
            throw new IllegalArgumentException(
                    ("%s: %s is the relative path %s; on a cluster, expected an absolute one that"
                                    + " all of its processes see")
                            .formatted(config, key, pathOrUri));
        }
    }

    /** A folder for each job of each model: which checkpoint is the newest is asked within it. */
    private String checkpoints(StreamExecutionEnvironment env, PipelineConfig pipeline) {
        String root =
                env.getConfiguration()
                        .getOptional(CheckpointingOptions.CHECKPOINTS_DIRECTORY)
                        .orElse(pipeline.checkpoints().directory());
        String uri = root.contains(":/") ? root : Path.of(root).toUri().toString();
        return (uri.endsWith("/") ? uri : uri + "/") + pipeline.model().name() + "/" + job.text();
    }

    private void goOn(String name, String checkpoints, Configuration configuration)
            throws IOException {
        if (restore == null) {
            return;
        }
        if (!restore.equals(LATEST)) {
            configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, restore);
            return;
        }
        Optional<String> newest = Checkpoints.newest(checkpoints);
        if (newest.isPresent()) {
            LOG.info("{} goes on from {}", name, newest.get());
            configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, newest.get());
            // It was this job's own: Flink removes it when a newer one has replaced it.
            configuration.set(StateRecoveryOptions.RESTORE_MODE, RecoveryClaimMode.CLAIM);
        } else {
            LOG.info("{} begins anew: there is no checkpoint in {}", name, checkpoints);
        }
    }

    private static long newestVersion(PipelineConfig pipeline) throws IOException {
        return new VersionCatalog(
                        VersionDirectory.of(pipeline.versions().directory()).open(),
                        pipeline.model().name())
                .newest()
                .orElse(0);
    }
}
