package io.millrace.jobs.failure;

import io.millrace.jobs.TestRatings;
import io.millrace.schemas.Rating;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends the ratings of {@link TestRatings} at a steady rate, whatever happens to the broker: what
 * it cannot take now is sent later, once and in order.
 */
final class RatingFeed implements AutoCloseable {

    static final long SEED = 3;

    private static final int LONGEST = 100_000;
    private static final long RATE = 400;
    private static final int PARTITION = 0;

    private final String topic;
    private final KafkaProducer<byte[], byte[]> producer;
    private final ConcurrentLinkedQueue<Exception> refused = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private volatile boolean stopped;
    private int sent;

    RatingFeed(BrokerProcess broker, String topic) {
        this.topic = topic;
        producer = producer(broker);
        thread = new Thread(this::send, "feed-" + topic);
        thread.start();
    }

    /** A producer that repeats nothing and gives nothing up. */
    static KafkaProducer<byte[], byte[]> producer(BrokerProcess broker) {
        return new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        broker.bootstrapServers(),
                        ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                        true,
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        300_000,
                        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                        300_000),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Ends the stream; returns how many ratings the broker has taken. */
    int stop() throws InterruptedException {
        stopped = true;
        thread.join();
        producer.flush();
        if (!refused.isEmpty()) {
            throw new AssertionError("the broker refused ratings", refused.peek());
        }
        return sent;
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        thread.interrupt();
        thread.join();
        producer.close(java.time.Duration.ZERO);
    }

    private void send() {
        EventCodec<Rating> codec = EventCodec.of(Rating.class, EventFormat.AVRO);
        List<Rating> ratings = TestRatings.list(LONGEST, SEED);
        long start = System.nanoTime();
        while (!stopped && sent < LONGEST) {
            byte[] value = codec.encode(ratings.get(sent));
            producer.send(
                    new ProducerRecord<>(topic, PARTITION, null, value),
                    (written, failure) -> {
                        if (failure != null) {
                            refused.add(failure);
                        }
                    });
            sent++;
            LockSupport.parkNanos(start + sent * 1_000_000_000L / RATE - System.nanoTime());
        }
    }
}
