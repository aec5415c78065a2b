package io.millrace.jobs.history;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Reads records of a consumer, whose failures it tells in sentences. Used by one thread.
 *
 * @param consumer closed with it
 * @param brokers for messages
 */
record KafkaReads(Consumer<byte[], byte[]> consumer, String brokers) implements Closeable {

    private static final Duration LAST_WORDS = Duration.ofSeconds(1);
    private static final Duration POLL = Duration.ofMillis(500);

    /** What came within a short while; perhaps nothing. */
    ConsumerRecords<byte[], byte[]> poll() throws IOException {
        try {
            return consumer.poll(POLL);
        } catch (InterruptException e) {
            throw e;
        } catch (OffsetOutOfRangeException e) {
            throw new IOException(
                    "records of "
                            + e.offsetOutOfRangePartitions()
                            + " (partition=offset) were removed from Kafka at "
                            + brokers
                            + " while they were read; a longer retention of the topic or a later"
                            + " range would work",
                    e);
        } catch (KafkaException e) {
            throw unreadable(e);
        }
    }

    /** The offset that is fetched next. */
    long position(TopicPartition partition) throws IOException {
        try {
            return consumer.position(partition);
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            throw unreadable(e);
        }
    }

    /**
     * Brokers have sent nothing for too long.
     *
     * @param missing what of, and from which offset on
     */
    IOException silence(String missing, Duration patience) {
        return new IOException(
                "Kafka at "
                        + brokers
                        + " has sent nothing of "
                        + missing
                        + " on for "
                        + patience.toSeconds()
                        + " s; is it still running?");
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(LAST_WORDS));
    }

    private IOException unreadable(KafkaException e) {
        return new IOException("Kafka at " + brokers + " could not be read: " + e.getMessage(), e);
    }
}
