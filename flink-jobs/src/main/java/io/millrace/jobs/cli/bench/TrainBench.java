package io.millrace.jobs.cli.bench;

import io.millrace.jobs.TrainingJob;
import io.millrace.jobs.cli.stream.Brokers;
import io.millrace.jobs.cli.stream.PipelineTopics;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.embedded.EmbeddedFlink;
import io.millrace.jobs.telemetry.MetricNames;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * Trains one model in several ways, one after another in this process, and says how fast each is.
 */
public final class TrainBench implements AutoCloseable {

    /** Trainer and shard, and one for all else. */
    private static final int SLOTS = 3;

    /** How much faster than the bare loop a job may be without running out of events. */
    private static final double HEADROOM = 1.5;

    private final BenchSettings settings;
    private final Workload workload;
    private final Feed feed;
    private final @Nullable PyTorchTraining pyTorch;
    private final Path files;
    private @Nullable Brokers brokers;
    private long written;
    private int runs;

    /**
     * @param pyTorch null where {@link TrainMode#PYTORCH} is not run
     * @param files a directory for Kafka's, Flink's and the versions' files
     */
    public TrainBench(
            BenchSettings settings,
            Workload workload,
            Feed feed,
            @Nullable PyTorchTraining pyTorch,
            Path files) {
        this.settings = settings;
        this.workload = workload;
        this.feed = feed;
        this.pyTorch = pyTorch;
        this.files = files;
    }

    /** Trains {@code model} in this way for as long as the settings say. */
    public TrainingRate run(BenchModel model, TrainMode mode) throws Exception {
        return switch (mode) {
            case BARE -> BareTraining.run(model.spec(feed.objective()), workload, settings);
            case PYTORCH -> Objects.requireNonNull(pyTorch).run(model, workload, settings);
            case NO_KAFKA -> {
                PipelineConfig config = config(model);
                yield measure(
                        model,
                        env ->
                                new TrainingJob(config, 0, null)
                                        .buildFrom(env, BenchPipeline.examples(env, workload)),
                        () -> {});
            }
            case JOB -> {
                PipelineConfig config = onBrokers(config(model));
                yield measure(
                        model, new TrainingJob(config, 0, null)::build, this::requireMoreEvents);
            }
        };
    }

    /**
     * Sees to it that Kafka holds events enough for a job of this rate; otherwise the first {@link
     * TrainMode#JOB} would measure the writing too.
     */
    public void prepareEvents(double examplesPerSecond) {
        double seconds = settings.warmUp().plus(settings.window()).toMillis() / 1e3;
        long needed = workload.fillers() + (long) (examplesPerSecond * HEADROOM * seconds);
        if (needed > written) {
            feed.write(workload, written, needed, onBrokers(config(BenchModel.MLP)));
            written = needed;
        }
    }

    @Override
    public void close() {
        if (brokers != null) {
            brokers.close();
        }
    }

    private TrainingRate measure(
            BenchModel model, Consumer<StreamExecutionEnvironment> job, Runnable beforeItsEnd)
            throws Exception {
        try (EmbeddedFlink flink = EmbeddedFlink.start(files, 1, SLOTS, JobGauges.reporting())) {
            return new JobTraining(flink, settings)
                    .run(
                            model.label(),
                            job,
                            workload.fillers(),
                            (id, rate) -> {
                                beforeItsEnd.run();
                                return rate;
                            });
        }
    }

    /** A job that has read all there is may have waited for more while it was measured. */
    private void requireMoreEvents() {
        double inFlight = (double) settings.batch() * (settings.staleness() + 2);
        if (JobGauges.sum(MetricNames.TRAINED_EXAMPLES) + inFlight >= written) {
            throw new IllegalStateException(
                    "the job is so fast that it ran out of the "
                            + written
                            + " events in Kafka; measure the mode bare before it, or a shorter"
                            + " window");
        }
    }

    private PipelineConfig onBrokers(PipelineConfig config) {
        if (brokers == null) {
            brokers = Brokers.open(config, files);
            try (PipelineTopics topics = new PipelineTopics(brokers.config())) {
                topics.createAbsent();
            }
        }
        String servers = brokers.config().kafka().bootstrapServers();
        return servers == null ? config : config.withBootstrapServers(servers);
    }

    /** Each run has directories of its own: a model's versions have one history. */
    private PipelineConfig config(BenchModel model) {
        return BenchPipeline.config(
                model.spec(feed.objective()), settings, files.resolve("run-" + runs++));
    }
}
