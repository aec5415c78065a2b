package io.millrace.jobs.cli.bench;

import io.millrace.jobs.ScoringJob;
import io.millrace.jobs.TrainingJob;
import io.millrace.jobs.cli.measure.Freshness;
import io.millrace.jobs.cli.stream.Brokers;
import io.millrace.jobs.cli.stream.Jobs;
import io.millrace.jobs.cli.stream.PipelineTopics;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.embedded.EmbeddedFlink;
import io.millrace.jobs.telemetry.MetricNames;
import io.millrace.model.version.LocalVersionStorage;
import io.millrace.model.version.VersionCatalog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Runs the training job and the scoring job on events that come at a steady rate, and measures how
 * long it takes until an event is in a version that answers requests.
 */
public final class FreshnessBench {

    private static final Feed FEED = Feed.RATINGS;
    private static final long LOOK_MILLIS = 5;
    private static final double PREPARED_SECONDS = 25;
    private static final double MOST_PREPARED = 1 << 20;
    private static final Duration START = Duration.ofSeconds(120);
    private static final Duration MOST_WAIT = Duration.ofSeconds(60);
    private static final Duration CATCH_UP = Duration.ofSeconds(30);

    private final Workload workload;
    private final BenchSettings settings;
    private final PipelineConfig config;
    private final VersionCatalog catalog;
    private final Path files;

    private final Freshness freshness = new Freshness();
    private final AtomicLong written = new AtomicLong();
    private volatile boolean measuring;
    private long inVersion;
    private long serving;
    private long versions;

    /**
     * @param files a directory for Kafka's, Flink's and the versions' files
     */
    public FreshnessBench(BenchModel model, Workload workload, BenchSettings settings, Path files) {
        this.workload = workload;
        this.settings = settings;
        this.files = files;
        config = BenchPipeline.config(model.spec(FEED.objective()), settings, files);
        catalog =
                new VersionCatalog(
                        new LocalVersionStorage(Path.of(config.versions().directory())),
                        config.model().name());
    }

    /** Measures at this rate. */
    public FreshnessRun run(double eventsPerSecond) throws Exception {
        PreparedRatings ratings =
                PreparedRatings.of(
                        workload, prepared(eventsPerSecond), config.events().format(), files);
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
                                List.of(
                                        jobs.submit(
                                                "train", new TrainingJob(pipeline, 0, null)::build),
                                        jobs.submit("score", new ScoringJob(pipeline)::build)));
                try (SteadyFeed feed =
                        new SteadyFeed(ratings, pipeline, eventsPerSecond, this::arrived)) {
                    return measure(feed, watch, eventsPerSecond);
                }
            }
        }
    }

    /** Enough that nearly all values occur, so that rows change as if events never repeated. */
    private static int prepared(double eventsPerSecond) {
        return (int) Math.min(MOST_PREPARED, Math.ceil(PREPARED_SECONDS * eventsPerSecond));
    }

    private FreshnessRun measure(SteadyFeed feed, JobWatch jobs, double eventsPerSecond)
            throws Exception {
        Watch watch = new Watch(feed, jobs);
        watch.until(START, () -> serving > 0, "serve a first version");
        // While everything is interpreted, events pile up. A job that never gets rid of them is
        // measured all the same.
        watch.during(MOST_WAIT, () -> !isUpToDate(eventsPerSecond));
        watch.during(settings.warmUp(), () -> true);
        feed.requireOnTime();
        Clock clock = new Clock();
        long before = versions;
        measuring = true;
        watch.during(settings.window(), () -> true);
        measuring = false;
        double seconds = clock.seconds();
        feed.requireOnTime();
        long live = versions - before;
        // The feed goes on, so that the last events of the window are served under the same load.
        watch.until(CATCH_UP, () -> freshness.waiting() == 0, "serve the last events");
        long events = freshness.measured();
        return new FreshnessRun(
                eventsPerSecond, events / seconds, events, live, freshness.quantiles());
    }

    /** True when the serving version lacks hardly more than what comes between versions. */
    private boolean isUpToDate(double eventsPerSecond) {
        double seconds = 1 + 2 * settings.checkpointEvery().toNanos() * 1e-9;
        return written.get() - inVersion <= seconds * eventsPerSecond;
    }

    private void arrived(RecordMetadata event) {
        written.incrementAndGet();
        if (measuring) {
            freshness.arrived(event.partition(), event.offset(), event.timestamp());
        }
    }

    private void look() throws IOException {
        long version = (long) JobGauges.max(MetricNames.SERVED_VERSION);
        long now = System.currentTimeMillis();
        if (version <= serving) {
            return;
        }
        serving = version;
        versions++;
        Map<Integer, Long> ends =
                catalog.manifest(version)
                        .offsets()
                        .getOrDefault(config.topics().ratings(), Map.of());
        freshness.served(ends, now);
        inVersion = ends.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Looks at what is served while time passes. */
    private final class Watch {

        private final SteadyFeed feed;
        private final JobWatch jobs;

        Watch(SteadyFeed feed, JobWatch jobs) {
            this.feed = feed;
            this.jobs = jobs;
        }

        void during(Duration time, Condition condition) throws Exception {
            Clock clock = new Clock();
            while (condition.holds() && clock.seconds() < time.toNanos() * 1e-9) {
                step();
            }
        }

        void until(Duration patience, Condition condition, String what) throws Exception {
            Clock clock = new Clock();
            while (!condition.holds()) {
                if (clock.seconds() > patience.toSeconds()) {
                    throw new IllegalStateException(
                            "the jobs did not "
                                    + what
                                    + " within "
                                    + patience.toSeconds()
                                    + " s; a lower --rate may be one that they keep up with");
                }
                step();
            }
        }

        private void step() throws Exception {
            jobs.requireUndisturbed();
            feed.requireRunning();
            look();
            Thread.sleep(LOOK_MILLIS);
        }
    }

    @FunctionalInterface
    private interface Condition {
        boolean holds();
    }
}
