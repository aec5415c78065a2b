package io.millrace.jobs.cli.bench;

import io.millrace.jobs.ScoringJob;
import io.millrace.jobs.cli.stream.Brokers;
import io.millrace.jobs.cli.stream.Jobs;
import io.millrace.jobs.cli.stream.PipelineTopics;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.embedded.EmbeddedFlink;
import io.millrace.model.ModelSpec;
import io.millrace.model.version.LocalVersionStorage;
import io.millrace.model.version.VersionStorage;
import io.millrace.schemas.ScoreRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Scores with one model: the whole scoring job under rising load, and the scorer alone. */
public final class ScoreBench {

    /** Enough that hardly a row is still in the processor's cache when a request comes round. */
    private static final int REQUESTS = 256;

    private static final int FIRST_WARM_UPS = 4;
    private static final Duration START = Duration.ofSeconds(60);

    private final ModelSpec spec;
    private final PipelineConfig config;
    private final VersionStorage versions;
    private final List<ScoreRequest> requests;
    private final ScoreBenchSettings settings;
    private final Path files;

    /**
     * Writes a version of the model with a row for each value.
     *
     * @param workload whose first events go through all values
     * @param files a directory for Kafka's, Flink's and the version's files
     */
    public ScoreBench(BenchModel model, Workload workload, ScoreBenchSettings settings, Path files)
            throws Exception {
        this.settings = settings;
        this.files = files;
        spec = model.spec(Feed.CLICKS.objective());
        config = BenchPipeline.scoring(spec, settings.threads(), files);
        versions = new LocalVersionStorage(Path.of(config.versions().directory()));
        requests = WorkloadRequests.make(workload, REQUESTS, settings.candidates());
        WorkloadVersion.write(versions, spec, workload);
    }

    /**
     * Asks the scoring job through Kafka under rising load.
     *
     * @param measured told each load, those beyond the limit too
     */
    public void underLoad(Consumer<ScoreLoad> measured) throws Exception {
        try (Brokers brokers = Brokers.open(config, files)) {
            PipelineConfig pipeline = brokers.config();
            try (PipelineTopics topics = new PipelineTopics(pipeline)) {
                topics.createAbsent();
            }
            try (EmbeddedFlink flink = EmbeddedFlink.start(files, Jobs.slots(pipeline));
                    Jobs jobs = new Jobs(flink);
                    OpenLoop loop = new OpenLoop(pipeline, requests)) {
                CompletableFuture<?> job = jobs.submit("score", new ScoringJob(pipeline)::build);
                if (!loop.isAnswered(START)) {
                    throw new IllegalStateException(
                            "the scoring job did not answer within " + START.toSeconds() + " s");
                }
                raise(loop, job, measured);
            }
        }
    }

    /** The scorer without Kafka and Flink. */
    public ScorerRate alone() throws Exception {
        return new ScorerAlone(spec, requests, settings).measure(versions);
    }

    private void raise(OpenLoop loop, CompletableFuture<?> job, Consumer<ScoreLoad> measured)
            throws InterruptedException {
        // Everything is interpreted at first; later steps need little warming.
        var unused =
                loop.run(
                        settings.firstRate(),
                        settings.warmUp().multipliedBy(FIRST_WARM_UPS),
                        Duration.ofMillis(1));
        new RisingLoad(settings.firstRate(), settings.limit())
                .run(
                        rate -> {
                            ScoreLoad load = loop.run(rate, settings.warmUp(), settings.window());
                            if (job.isDone()) {
                                throw new IllegalStateException(
                                        "the scoring job ended while it was measured; its log says"
                                                + " why");
                            }
                            return load;
                        },
                        measured);
    }
}
