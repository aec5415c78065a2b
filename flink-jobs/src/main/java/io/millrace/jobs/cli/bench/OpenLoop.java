package io.millrace.jobs.cli.bench;

import io.millrace.jobs.cli.stream.TopicTail;
import io.millrace.jobs.config.KafkaClientProperties;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.schemas.Score;
import io.millrace.schemas.ScoreRequest;
import io.millrace.schemas.ScoreStatus;
import io.millrace.schemas.codec.EventCodec;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Asks for scores by a schedule that does not wait for answers, as users do. Its methods are called
 * by one thread; answers come on another. The requests, encoded ahead, go round.
 */
final class OpenLoop implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final long LOOK_MILLIS = 100;

    /** In the warm-up: enough that no part of the way is ever idle. */
    private static final int IN_FLIGHT = 8;

    private final String topic;
    private final JobWatch watch;
    private final List<byte[]> payloads;
    private final KafkaProducer<String, byte[]> producer;
    private final TopicTail<Score> answers;

    private final PendingRequests pending = new PendingRequests();
    private final AtomicReference<@Nullable IllegalStateException> failure =
            new AtomicReference<>();

    /**
     * @param requests with ids 0, 1, 2 and so on
     * @param watch of the job that answers
     */
    OpenLoop(PipelineConfig config, List<ScoreRequest> requests, JobWatch watch) {
        this.watch = watch;
        topic = config.topics().scoreRequests();
        EventCodec<ScoreRequest> codec =
                EventCodec.of(ScoreRequest.class, config.events().format());
        payloads = requests.stream().map(codec::encode).toList();
        producer =
                new KafkaProducer<>(
                        properties(config), new StringSerializer(), new ByteArraySerializer());
        try {
            answers = new TopicTail<>(config, config.topics().scores(), Score.class, this::answer);
        } catch (RuntimeException e) {
            producer.close(Duration.ZERO);
            throw e;
        }
    }

    /** Sends one request and waits for its answer; false when none comes. */
    boolean isAnswered(Duration patience) throws InterruptedException {
        send(0, System.nanoTime());
        return await(0, patience);
    }

    /**
     * Sends requests as fast as they are answered.
     *
     * @param requests how many
     * @param most time; when it is up, there were fewer
     */
    void warmUp(long requests, Duration most) throws InterruptedException {
        long giveUp = System.nanoTime() + most.toNanos();
        for (long i = 0; i < requests && System.nanoTime() < giveUp; i++) {
            if (!await(IN_FLIGHT - 1, PATIENCE)) {
                return;
            }
            send(i, System.nanoTime());
        }
        var unused = await(0, PATIENCE);
    }

    /** Sends requests at this rate for a while, and measures those of the window at its end. */
    ScoreTry run(double rate, Duration warmUp, Duration window) throws InterruptedException {
        Schedule schedule = new Schedule(System.nanoTime(), rate);
        long first = schedule.count(warmUp);
        long end = first + Math.max(1, schedule.count(window));
        pending.measureFrom(schedule.dueNanos(first));
        for (long i = 0; i < end; i++) {
            sleepUntil(schedule.dueNanos(i));
            send(i, schedule.dueNanos(i));
        }
        double sentPerSecond = schedule.achieved(first, end, System.nanoTime());
        var unused = await(0, PATIENCE);
        return new ScoreTry(sentPerSecond, pending.latency(), pending.unanswered());
    }

    @Override
    public void close() {
        producer.close(Duration.ZERO);
        answers.close();
    }

    private static Map<String, Object> properties(PipelineConfig config) {
        Map<String, Object> properties = new HashMap<>(KafkaClientProperties.of(config));
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        properties.putIfAbsent(ProducerConfig.METRIC_REPORTER_CLASSES_CONFIG, "");
        return properties;
    }

    private void send(long number, long dueNanos) {
        int request = (int) (number % payloads.size());
        String id = Integer.toString(request);
        pending.sent(id, dueNanos);
        var unused =
                producer.send(
                        new ProducerRecord<>(topic, id, payloads.get(request)),
                        (metadata, problem) -> {
                            if (problem != null) {
                                fail("a request could not be sent: " + problem, problem);
                            }
                        });
    }

    private void answer(Score score) {
        long now = System.nanoTime();
        if (score.getStatus() != ScoreStatus.SCORED) {
            fail(
                    "a request was answered without scores: "
                            + score.getStatus()
                            + ": "
                            + score.getReason(),
                    null);
        }
        pending.answered(score.getRequestId(), now);
    }

    /** Waits until at most so many are unanswered; false when patience ends first. */
    private boolean await(long most, Duration patience) throws InterruptedException {
        long giveUp = System.nanoTime() + patience.toNanos();
        while (true) {
            boolean isDone = pending.await(most, LOOK_MILLIS);
            requireSound();
            if (isDone || System.nanoTime() >= giveUp) {
                return isDone;
            }
        }
    }

    private void requireSound() {
        IllegalStateException failed = failure.get();
        if (failed != null) {
            throw failed;
        }
        watch.requireUndisturbed();
    }

    /** The first failure tells most. */
    private void fail(String message, @Nullable Exception cause) {
        failure.compareAndSet(null, new IllegalStateException(message, cause));
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
