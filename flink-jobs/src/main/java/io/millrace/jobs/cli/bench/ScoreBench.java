package io.millrace.jobs.cli.bench;

import io.millrace.jobs.ScoringJob;
import io.millrace.jobs.cli.stream.Brokers;
import io.millrace.jobs.cli.stream.Jobs;
import io.millrace.jobs.cli.stream.PipelineTopics;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.embedded.EmbeddedFlink;
import io.millrace.jobs.simulate.EventProducer;
import io.millrace.jobs.sink.KafkaAnnouncer;
import io.millrace.jobs.telemetry.MetricNames;
import io.millrace.model.ModelSpec;
import io.millrace.model.version.LocalVersionStorage;
import io.millrace.model.version.Manifest;
import io.millrace.model.version.VersionStorage;
import io.millrace.schemas.ScoreRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Scores with one model: the whole scoring job under rising load, then the scorer alone. */
public final class ScoreBench {

    private static final int REQUESTS = 256;

    /** Everything is interpreted at first, and much of it runs but once a request. */
    private static final int FIRST_REQUESTS = 20_000;

    private static final int FIRST_WARM_UPS = 20;
    private static final Duration START = Duration.ofSeconds(60);
    private static final long LOOK_MILLIS = 20;

    private final ModelSpec spec;
    private final Workload workload;
    private final ScoreBenchSettings settings;
    private final Path files;
    private final PipelineConfig config;
    private final VersionStorage versions;
    private final List<ScoreRequest> requests;

    /**
     * @param workload whose first events go through all values; each has a row in the version
     * @param files a directory for Kafka's, Flink's and the versions' files
     */
    public ScoreBench(
            BenchModel model, Workload workload, ScoreBenchSettings settings, Path files) {
        this.workload = workload;
        this.settings = settings;
        this.files = files;
        spec = model.spec(Feed.CLICKS.objective());
        config = BenchPipeline.scoring(spec, settings.threads(), files);
        versions = new LocalVersionStorage(Path.of(config.versions().directory()));
        requests = WorkloadRequests.make(workload, REQUESTS, settings.candidates());
    }

    /**
     * Asks the scoring job through Kafka under rising load, then the scorer without Kafka and
     * Flink, both with a delta over the base.
     *
     * @param measured told each load, the one beyond the limit too
     */
    public ScorerRate run(Consumer<ScoreLoad> measured) throws Exception {
        WorkloadVersion.writeBase(versions, spec, workload);
        underLoad(measured);
        return new ScorerAlone(spec, workload, requests, settings).measure(versions);
    }

    private void underLoad(Consumer<ScoreLoad> measured) throws Exception {
        try (Brokers brokers = Brokers.open(config, files)) {
            PipelineConfig pipeline = brokers.config();
            try (PipelineTopics topics = new PipelineTopics(pipeline)) {
                topics.createAbsent();
            }
            try (EmbeddedFlink flink =
                            EmbeddedFlink.start(
                                    files, 1, Jobs.slots(pipeline), JobGauges.reporting());
                    Jobs jobs = new Jobs(flink)) {
                JobWatch watch =
                        new JobWatch(
                                List.of(jobs.submit("score", new ScoringJob(pipeline)::build)));
                try (OpenLoop loop = new OpenLoop(pipeline, requests, watch)) {
                    start(loop, pipeline, watch);
                    raise(loop, measured);
                }
            }
        }
    }

    private void start(OpenLoop loop, PipelineConfig pipeline, JobWatch watch) throws Exception {
        if (!loop.isAnswered(START)) {
            throw new IllegalStateException(
                    "the scoring job did not answer within " + START.toSeconds() + " s");
        }
        announce(WorkloadVersion.writeDelta(versions, spec, workload), pipeline);
        Clock clock = new Clock();
        while (JobGauges.max(MetricNames.SERVED_VERSION) < WorkloadVersion.DELTA) {
            watch.requireUndisturbed();
            if (clock.seconds() > START.toSeconds()) {
                throw new IllegalStateException(
                        "the scoring job did not serve a delta within " + START.toSeconds() + " s");
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }

    private static void announce(Manifest version, PipelineConfig pipeline) {
        try (EventProducer producer = new EventProducer(pipeline)) {
            producer.send(
                    pipeline.topics().models(),
                    version.model(),
                    KafkaAnnouncer.announcement(version));
        }
    }

    private void raise(OpenLoop loop, Consumer<ScoreLoad> measured) throws InterruptedException {
        loop.warmUp(FIRST_REQUESTS, settings.warmUp().multipliedBy(FIRST_WARM_UPS));
        new RisingLoad(settings.firstRate(), settings.candidates(), settings.limit())
                .run(rate -> loop.run(rate, settings.warmUp(), settings.window()), measured);
    }
}
