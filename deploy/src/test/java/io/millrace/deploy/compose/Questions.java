package io.millrace.deploy.compose;

import io.millrace.jobs.simulate.EventProducer;
import io.millrace.jobs.simulate.ScoreRequests;
import io.millrace.jobs.simulate.World;
import io.millrace.jobs.simulate.WorldSettings;
import io.millrace.schemas.Score;
import io.millrace.schemas.ScoreRequest;
import io.millrace.schemas.ScoreStatus;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import io.millrace.schemas.codec.UndecodableException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A client that keeps sending score requests, about twenty a second, and reads the answers. */
final class Questions implements AutoCloseable {

    private static final long SEED = 5;

    private final String servers;
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicLong asked = new AtomicLong();
    private final AtomicLong scored = new AtomicLong();
    private final AtomicLong newestVersion = new AtomicLong();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final Thread asking = new Thread(() -> guarded(this::ask), "questions");
    private final Thread reading = new Thread(() -> guarded(this::read), "answers");

    Questions(String bootstrapServers) {
        servers = bootstrapServers;
        asking.start();
        reading.start();
    }

    long asked() {
        return asked.get();
    }

    /** Answers with scores. */
    long scored() {
        if (failure.get() != null) {
            throw new AssertionError(failure.get());
        }
        return scored.get();
    }

    /** The newest version that made scores. */
    long newestVersion() {
        return newestVersion.get();
    }

    @Override
    public void close() {
        stopped.set(true);
        try {
            asking.join();
            reading.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void ask() {
        World world =
                new World(
                        SEED,
                        WorldSettings.demo(
                                Instant.now(), Duration.ofHours(1), Duration.ofSeconds(10)));
        ScoreRequests requests = new ScoreRequests(world, SEED, 20);
        try (EventProducer producer =
                new EventProducer(Map.of("bootstrap.servers", servers), EventFormat.AVRO)) {
            while (!stopped.get()) {
                ScoreRequest request = requests.next(System.currentTimeMillis());
                producer.send("score-requests", request.getRequestId(), request);
                asked.incrementAndGet();
                pause();
            }
        }
    }

    private void read() {
        EventCodec<Score> codec = EventCodec.of(Score.class, EventFormat.AVRO);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        Map.of("bootstrap.servers", servers, "auto.offset.reset", "earliest"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            TreeSet<Integer> partitions = new TreeSet<>();
            consumer.partitionsFor("scores").forEach(info -> partitions.add(info.partition()));
            consumer.assign(
                    partitions.stream()
                            .map(number -> new TopicPartition("scores", number))
                            .toList());
            while (!stopped.get()) {
                for (ConsumerRecord<byte[], byte[]> answer :
                        consumer.poll(Duration.ofMillis(200))) {
                    count(codec.decode(answer.value()));
                }
            }
        } catch (UndecodableException e) {
            throw new AssertionError(e);
        }
    }

    private void count(Score score) {
        if (score.getStatus() == ScoreStatus.SCORED) {
            newestVersion.accumulateAndGet(score.getVersion(), Math::max);
            scored.incrementAndGet();
        }
    }

    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            failure.compareAndSet(null, e);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
