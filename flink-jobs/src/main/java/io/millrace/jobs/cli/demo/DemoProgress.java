package io.millrace.jobs.cli.demo;

import io.millrace.jobs.cli.measure.Delays;
import io.millrace.jobs.cli.measure.Freshness;
import io.millrace.jobs.cli.process.PeakMemory;
import io.millrace.jobs.simulate.OracleScores;
import io.millrace.jobs.simulate.SimulatedEvent;
import io.millrace.model.metric.Auc;
import io.millrace.model.version.Manifest;
import io.millrace.schemas.PrequentialMetrics;
import io.millrace.schemas.Score;
import io.millrace.schemas.ScoreStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** All that is known of a running demo. Safe for use by several threads. */
final class DemoProgress {

    private final String clicksTopic;
    private final Duration duration;
    private final OracleScores oracle = new OracleScores();
    private final Freshness freshness = new Freshness();

    private final CompletableFuture<Void> firstVersion = new CompletableFuture<>();
    private final CompletableFuture<Void> caughtUp = new CompletableFuture<>();
    private final CompletableFuture<Void> allAnswered = new CompletableFuture<>();

    private final Map<String, Map<Integer, Long>> ends = new TreeMap<>();
    private final Map<String, Long> requestsSent = new HashMap<>();
    private final Delays latencies = new Delays();
    private final Rate eventRate = new Rate();
    private final Rate scoreRate = new Rate();
    private final List<Double> windowAucs = new ArrayList<>();
    private long startMillis;
    private long lastVersionMillis;
    private long events;
    private boolean allWritten;
    private boolean allAsked;
    private long scores;
    private long versions;
    private @Nullable PrequentialMetrics metrics;
    private @Nullable Manifest newest;
    private @Nullable Manifest serving;

    DemoProgress(String clicksTopic, Duration duration) {
        this.clicksTopic = clicksTopic;
        this.duration = duration;
    }

    // -- what happens

    synchronized void started(long millis) {
        startMillis = millis;
        lastVersionMillis = millis;
    }

    synchronized void written(SimulatedEvent event, RecordMetadata metadata) {
        events++;
        oracle.add(event);
        ends.computeIfAbsent(metadata.topic(), topic -> new TreeMap<>())
                .merge(metadata.partition(), metadata.offset() + 1, Math::max);
        if (event instanceof SimulatedEvent.Clicked) {
            freshness.arrived(metadata.partition(), metadata.offset(), metadata.timestamp());
        }
    }

    synchronized void allWritten() {
        allWritten = true;
        checkCaughtUp();
    }

    synchronized void asked(String requestId, long nanos) {
        requestsSent.put(requestId, nanos);
    }

    synchronized void allAsked() {
        allAsked = true;
        checkAllAnswered();
    }

    synchronized void measured(PrequentialMetrics report) {
        metrics = report;
        Double auc = report.getWindow().get(Auc.NAME);
        if (auc != null) {
            windowAucs.add(auc);
        }
    }

    synchronized void published(Manifest manifest, long millis) {
        if (newest != null && newest.version() >= manifest.version()) {
            return;
        }
        versions++;
        newest = manifest;
        lastVersionMillis = millis;
        firstVersion.complete(null);
    }

    /** True when the answer is the first of its version. */
    synchronized boolean answered(Score score, long nanos) {
        Long sent = requestsSent.remove(score.getRequestId());
        if (sent == null || score.getStatus() != ScoreStatus.SCORED) {
            checkAllAnswered();
            return false;
        }
        scores++;
        latencies.add((nanos - sent) / 1e6);
        checkAllAnswered();
        return score.getVersion() != null
                && (serving == null || score.getVersion() > serving.version());
    }

    synchronized void serves(Manifest manifest, long millis) {
        serving = manifest;
        freshness.served(manifest.offsets().getOrDefault(clicksTopic, Map.of()), millis);
        checkCaughtUp();
    }

    // -- what can be waited for

    /** Completes when the first version is there: then both jobs run. */
    CompletableFuture<Void> firstVersion() {
        return firstVersion;
    }

    /** Completes when a version that contains all events has scored. */
    CompletableFuture<Void> caughtUp() {
        return caughtUp;
    }

    /** Completes when no request is unanswered. */
    CompletableFuture<Void> allAnswered() {
        return allAnswered;
    }

    // -- what is known

    synchronized DemoSnapshot snapshot(long millis) {
        return new DemoSnapshot(
                elapsed(millis),
                duration,
                events,
                eventRate.at(millis, events),
                examples(),
                total(),
                metrics == null ? Map.of() : Map.copyOf(metrics.getWindow()),
                oracle.values(),
                List.copyOf(windowAucs),
                versions,
                serving == null ? null : (Long) serving.version(),
                serving == null
                        ? Duration.ZERO
                        : Duration.ofMillis(Math.max(0, millis - serving.createdAt())),
                scores,
                scoreRate.at(millis, scores),
                latencies.quantiles(),
                freshness.quantiles(),
                PeakMemory.mebibytes());
    }

    /** Examples in the newest version. */
    synchronized long trained() {
        return newest == null ? 0 : newest.examples();
    }

    /** Examples trained a second, from the start to the newest version. */
    synchronized double trainedRate() {
        long passed = lastVersionMillis - startMillis;
        return passed <= 0 ? 0 : trained() * 1000.0 / passed;
    }

    private Duration elapsed(long millis) {
        return startMillis == 0
                ? Duration.ZERO
                : Duration.ofMillis(Math.min(millis - startMillis, duration.toMillis()));
    }

    private long examples() {
        return Math.max(metrics == null ? 0 : metrics.getExamples(), trained());
    }

    /** From the report or the version, whichever has seen more. */
    private Map<String, Double> total() {
        if (metrics == null) {
            return newest == null ? Map.of() : newest.metrics();
        }
        return metrics.getExamples() > trained() || newest == null
                ? Map.copyOf(metrics.getTotal())
                : newest.metrics();
    }

    private void checkCaughtUp() {
        if (allWritten && serving != null && contains(serving)) {
            caughtUp.complete(null);
        }
    }

    private boolean contains(Manifest version) {
        return ends.entrySet().stream()
                .allMatch(
                        topic ->
                                topic.getValue().entrySet().stream()
                                        .allMatch(
                                                end ->
                                                        version.offsets()
                                                                        .getOrDefault(
                                                                                topic.getKey(),
                                                                                Map.of())
                                                                        .getOrDefault(
                                                                                end.getKey(), 0L)
                                                                >= end.getValue()));
    }

    private void checkAllAnswered() {
        if (allAsked && requestsSent.isEmpty()) {
            allAnswered.complete(null);
        }
    }
}
