package io.millrace.jobs.cli.demo;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.simulate.EventFeed;
import io.millrace.jobs.simulate.EventProducer;
import io.millrace.jobs.simulate.Pacer;
import io.millrace.jobs.simulate.ScoreRequests;
import io.millrace.jobs.simulate.Simulator;
import io.millrace.jobs.simulate.World;
import io.millrace.jobs.simulate.WorldSettings;
import io.millrace.schemas.ScoreRequest;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** What a demo's world writes to Kafka: events, and all along requests to score. */
final class DemoTraffic implements AutoCloseable {

    /** Fixed, so that a seed makes the same events on every day. */
    private static final Instant WORLD_BEGIN = Instant.parse("2025-01-01T00:00:00Z");

    private final DemoSettings settings;
    private final PipelineConfig config;
    private final DemoProgress progress;
    private final World world;
    private final EventProducer events;
    private final EventProducer requests;
    private final ScheduledExecutorService requesting =
            Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "demo-requests"));
    private volatile boolean stopped;

    DemoTraffic(DemoSettings settings, PipelineConfig config, DemoProgress progress) {
        this.settings = settings;
        this.config = config;
        this.progress = progress;
        world =
                new World(
                        settings.seed(),
                        WorldSettings.demo(
                                WORLD_BEGIN,
                                settings.duration().multipliedBy(DemoSettings.SPEED),
                                config.labels().attributionWindow()));
        events = new EventProducer(config);
        requests = new EventProducer(config);
    }

    /** Begins; the future completes when all events are in Kafka, or failed to get there. */
    CompletableFuture<Void> start() {
        startRequests();
        CompletableFuture<Void> written = new CompletableFuture<>();
        daemon(
                        () -> {
                            try {
                                writeEvents();
                                written.complete(null);
                            } catch (Throwable e) {
                                written.completeExceptionally(e);
                            }
                        },
                        "demo-events")
                .start();
        return written;
    }

    /** Sends no more requests. */
    void stopRequests() throws InterruptedException {
        requesting.shutdown();
        var unused = requesting.awaitTermination(1, TimeUnit.SECONDS);
        requests.flush();
        progress.allAsked();
    }

    @Override
    public void close() {
        stopped = true;
        requesting.shutdownNow();
        events.close();
        requests.close();
    }

    private void writeEvents() throws InterruptedException {
        Simulator simulator =
                new Simulator(world, settings.seed(), settings.rate() / DemoSettings.SPEED);
        new EventFeed(events, config.topics().impressions(), config.topics().clicks())
                .run(simulator, new Pacer(DemoSettings.SPEED), () -> stopped, progress::written);
        progress.allWritten();
    }

    private void startRequests() {
        ScoreRequests made = new ScoreRequests(world, settings.seed(), settings.candidates());
        long begin = System.nanoTime();
        long periodNanos = TimeUnit.SECONDS.toNanos(1) / settings.requestRate();
        var unused =
                requesting.scheduleAtFixedRate(
                        () -> request(made, begin), 0, periodNanos, TimeUnit.NANOSECONDS);
    }

    private void request(ScoreRequests made, long begin) {
        long now = System.nanoTime();
        long worldMillis = TimeUnit.NANOSECONDS.toMillis(now - begin) * DemoSettings.SPEED;
        ScoreRequest request = made.next(WORLD_BEGIN.toEpochMilli() + worldMillis);
        progress.asked(request.getRequestId(), now);
        requests.send(config.topics().scoreRequests(), request.getRequestId(), request);
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
