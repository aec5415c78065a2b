package io.millrace.jobs.cli.bench;

import io.millrace.jobs.cli.measure.Delays;
import io.millrace.jobs.cli.stream.TopicTail;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.schemas.Score;
import io.millrace.schemas.ScoreRequest;
import io.millrace.schemas.ScoreStatus;
import io.millrace.schemas.codec.EventCodec;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Asks for scores by a schedule that does not wait for answers, as users do. A latency counts from
 * the moment at which the schedule has the request, so that whatever holds up the sending counts
 * too. Used by one thread.
 *
 * <p>The requests, encoded ahead, go round; those of one id are answered in their order, for they
 * take the same way.
 */
final class OpenLoop implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final String topic;
    private final int candidates;
    private final List<byte[]> payloads = new ArrayList<>();
    private final KafkaProducer<String, byte[]> producer;
    private final TopicTail<Score> answers;

    private final Map<String, Queue<Long>> due = new HashMap<>();
    private Delays delays = new Delays();
    private final NavigableMap<Long, Delays> seconds = new TreeMap<>();
    private long measuredFrom;
    private long unanswered;
    private @Nullable String refusal;

    /**
     * @param requests with ids 0, 1, 2 and so on, and equally many candidates
     */
    OpenLoop(PipelineConfig config, List<ScoreRequest> requests) {
        topic = config.topics().scoreRequests();
        candidates = requests.get(0).getCandidates().size();
        EventCodec<ScoreRequest> codec =
                EventCodec.of(ScoreRequest.class, config.events().format());
        for (ScoreRequest request : requests) {
            payloads.add(codec.encode(request));
        }
        answers = new TopicTail<>(config, config.topics().scores(), Score.class, this::answered);
        producer =
                new KafkaProducer<>(
                        Map.of(
                                "bootstrap.servers",
                                Objects.requireNonNull(config.kafka().bootstrapServers()),
                                "linger.ms",
                                0,
                                "metric.reporters",
                                ""),
                        new StringSerializer(),
                        new ByteArraySerializer());
    }

    /** Sends one request and waits for its answer; false when none comes. */
    boolean isAnswered(Duration patience) throws InterruptedException {
        synchronized (this) {
            measuredFrom = Long.MAX_VALUE;
        }
        send(0, System.nanoTime());
        return awaitAnswers(patience);
    }

    /** Sends requests at this rate for a while, and measures those of the window at its end. */
    ScoreLoad run(double rate, Duration warmUp, Duration window) throws InterruptedException {
        double periodNanos = TimeUnit.SECONDS.toNanos(1) / rate;
        long before = Math.round(warmUp.toNanos() / periodNanos);
        long measured = Math.max(1, Math.round(window.toNanos() / periodNanos));
        long begin = System.nanoTime();
        synchronized (this) {
            delays = new Delays();
            seconds.clear();
            measuredFrom = begin + Math.round(before * periodNanos);
        }
        for (long i = 0; i < before + measured; i++) {
            long dueNanos = begin + Math.round(i * periodNanos);
            sleepUntil(dueNanos);
            send((int) (i % payloads.size()), dueNanos);
        }
        awaitAnswers(PATIENCE);
        return load(rate, measured);
    }

    @Override
    public void close() {
        producer.close(Duration.ZERO);
        answers.close();
    }

    private void send(int request, long dueNanos) {
        String id = Integer.toString(request);
        synchronized (this) {
            due.computeIfAbsent(id, key -> new ArrayDeque<>()).add(dueNanos);
            unanswered++;
        }
        var unused = producer.send(new ProducerRecord<>(topic, id, payloads.get(request)));
    }

    private synchronized void answered(Score score) {
        long now = System.nanoTime();
        Long dueNanos = due.getOrDefault(score.getRequestId(), new ArrayDeque<>()).poll();
        if (dueNanos == null) {
            return;
        }
        if (score.getStatus() != ScoreStatus.SCORED) {
            refusal = score.getStatus() + ": " + score.getReason();
        }
        if (dueNanos - measuredFrom >= 0) {
            long second = TimeUnit.NANOSECONDS.toSeconds(dueNanos - measuredFrom);
            double millis = (now - dueNanos) / 1e6;
            delays.add(millis);
            seconds.computeIfAbsent(second, key -> new Delays()).add(millis);
        }
        unanswered--;
        if (unanswered == 0) {
            notifyAll();
        }
    }

    private synchronized boolean awaitAnswers(Duration patience) throws InterruptedException {
        long giveUp = System.nanoTime() + patience.toNanos();
        while (unanswered > 0) {
            long left = giveUp - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return true;
    }

    private synchronized ScoreLoad load(double rate, long measured) {
        if (refusal != null) {
            throw new IllegalStateException("a request was answered without scores: " + refusal);
        }
        return new ScoreLoad(
                rate,
                rate * candidates,
                delays.quantiles(),
                p99OfSeconds(),
                (double) delays.size() / measured);
    }

    private double p99OfSeconds() {
        double[] sorted =
                seconds.values().stream()
                        .mapToDouble(one -> one.quantiles().p99())
                        .sorted()
                        .toArray();
        return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
    }

    private static void sleepUntil(long nanos) throws InterruptedException {
        for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while requests were sent");
            }
        }
    }
}
