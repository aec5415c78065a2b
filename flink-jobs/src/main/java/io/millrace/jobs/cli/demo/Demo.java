package io.millrace.jobs.cli.demo;

import io.millrace.jobs.ScoringJob;
import io.millrace.jobs.TrainingJob;
import io.millrace.jobs.cli.process.StopSignal;
import io.millrace.jobs.cli.process.Workspace;
import io.millrace.jobs.cli.stream.Brokers;
import io.millrace.jobs.cli.stream.Jobs;
import io.millrace.jobs.cli.stream.PipelineTopics;
import io.millrace.jobs.cli.stream.TopicTail;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.embedded.EmbeddedFlink;
import io.millrace.model.version.LocalVersionStorage;
import io.millrace.model.version.VersionCatalog;
import io.millrace.schemas.ModelVersion;
import io.millrace.schemas.PrequentialMetrics;
import io.millrace.schemas.Score;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The whole system in this process for a while: a simulated world writes to Kafka, the training job
 * learns from it and publishes versions, the scoring job answers requests with the newest one.
 */
public final class Demo {

    private static final long FRAME_MILLIS = 300;
    private static final long START_SECONDS = 60;
    private static final long CATCH_UP_SECONDS = 20;
    private static final long ANSWER_SECONDS = 5;

    private final DemoSettings settings;
    private final DemoView view;
    private final StopSignal stop;

    public Demo(DemoSettings settings, DemoView view, StopSignal stop) {
        this.settings = settings;
        this.view = view;
        this.stop = stop;
    }

    /** Runs the demo to its end, or until it is told to stop; leaves no files but those to keep. */
    public DemoSummary run() throws Exception {
        try (Workspace files = workspace()) {
            view.announce("Starting Kafka in this process ...");
            try (Brokers brokers = Brokers.open(settings.config(), files.path())) {
                return runOn(brokers, files.path());
            }
        }
    }

    private Workspace workspace() {
        Path keep = settings.keep();
        return keep == null ? Workspace.temporary() : Workspace.kept(keep);
    }

    private DemoSummary runOn(Brokers brokers, Path files) throws Exception {
        boolean foreign = settings.config().kafka().bootstrapServers() != null;
        // Brokers that others use get topics of this run's own, and lose them afterwards.
        String prefix =
                foreign ? "demo-" + Long.toString(System.currentTimeMillis(), 36) + "-" : "";
        PipelineConfig config = DemoPipeline.of(brokers.config(), files, settings.rate(), prefix);
        try (PipelineTopics topics = new PipelineTopics(config)) {
            topics.createAbsent();
            try {
                return runWith(config, files);
            } finally {
                if (foreign) {
                    topics.delete();
                }
            }
        }
    }

    private DemoSummary runWith(PipelineConfig config, Path files) throws Exception {
        view.announce("Starting Flink in this process, and both jobs ...");
        // A directory that is kept may hold the versions of an earlier demo.
        long newest = versions(config).newest().orElse(0);
        DemoProgress progress = new DemoProgress(config.topics().clicks(), settings.duration());
        try (Listeners listeners = new Listeners(config, progress);
                EmbeddedFlink flink = EmbeddedFlink.start(files, Jobs.slots(config));
                Jobs jobs = new Jobs(flink)) {
            CompletableFuture<Void> failure =
                    CompletableFuture.anyOf(
                                    jobs.submit(
                                            "train", new TrainingJob(config, newest, null)::build),
                                    jobs.submit("score", new ScoringJob(config)::build))
                            .thenRun(() -> {});
            await(progress.firstVersion(), failure, START_SECONDS, "publish its first version");
            if (stop.isRequested()) {
                return summary(progress);
            }
            try (DemoTraffic traffic = new DemoTraffic(settings, config, progress)) {
                return runWorld(traffic, progress, failure);
            }
        }
    }

    private DemoSummary runWorld(
            DemoTraffic traffic, DemoProgress progress, CompletableFuture<Void> failure)
            throws Exception {
        progress.started(System.currentTimeMillis());
        ScheduledExecutorService frames = Executors.newSingleThreadScheduledExecutor();
        try {
            var unused =
                    frames.scheduleAtFixedRate(
                            () -> view.show(progress.snapshot(System.currentTimeMillis())),
                            0,
                            FRAME_MILLIS,
                            TimeUnit.MILLISECONDS);
            await(
                    traffic.start(),
                    failure,
                    2 * settings.duration().toSeconds() + START_SECONDS,
                    "write its events");
            await(progress.caughtUp(), failure, CATCH_UP_SECONDS, "serve the last events");
            traffic.stopRequests();
            await(progress.allAnswered(), failure, ANSWER_SECONDS, "answer the last requests");
        } finally {
            frames.shutdown();
            var unused = frames.awaitTermination(1, TimeUnit.SECONDS);
        }
        DemoSummary summary = summary(progress);
        view.show(summary.last());
        return summary;
    }

    private static VersionCatalog versions(PipelineConfig config) {
        return new VersionCatalog(
                new LocalVersionStorage(Path.of(config.versions().directory())),
                config.model().name());
    }

    private static DemoSummary summary(DemoProgress progress) {
        return new DemoSummary(
                progress.snapshot(System.currentTimeMillis()),
                progress.trained(),
                progress.trainedRate());
    }

    /** Returns when {@code event} has come, or the user wants to stop. */
    private void await(
            CompletableFuture<Void> event,
            CompletableFuture<Void> failure,
            long seconds,
            String what)
            throws Exception {
        try {
            var unused =
                    CompletableFuture.anyOf(event, failure, stop.requested())
                            .get(seconds, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "the demo did not " + what + " within " + seconds + " s", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
        if (failure.isDone()) {
            throw new IllegalStateException("a job ended before the demo did");
        }
    }

    /** The demo's ears: reports, announcements and scores. */
    private static final class Listeners implements AutoCloseable {

        private final VersionCatalog versions;
        private final DemoProgress progress;
        private final TopicTail<PrequentialMetrics> metrics;
        private final TopicTail<ModelVersion> models;
        private final TopicTail<Score> scores;

        Listeners(PipelineConfig config, DemoProgress progress) {
            this.progress = progress;
            versions = versions(config);
            PipelineConfig.Topics topics = config.topics();
            metrics =
                    new TopicTail<>(
                            config, topics.metrics(), PrequentialMetrics.class, progress::measured);
            models = new TopicTail<>(config, topics.models(), ModelVersion.class, this::published);
            scores = new TopicTail<>(config, topics.scores(), Score.class, this::answered);
        }

        @Override
        public void close() {
            metrics.close();
            models.close();
            scores.close();
        }

        private void published(ModelVersion announcement) {
            long now = System.currentTimeMillis();
            try {
                progress.published(versions.manifest(announcement.getVersion()), now);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void answered(Score score) {
            long nanos = System.nanoTime();
            long now = System.currentTimeMillis();
            try {
                if (progress.answered(score, nanos)) {
                    progress.serves(versions.manifest(score.getVersion()), now);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
