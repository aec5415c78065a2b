package io.millrace.jobs.kill;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Slows the source down, while there are kills to come or when asked, lest the input ends before
 * what is to happen. (Slow trainers would not do: the whole input would wait in front of them, and
 * barriers behind it.)
 */
public final class PacedPolls
        implements ConsumerInterceptor<byte[], byte[]>, ProducerInterceptor<byte[], byte[]> {

    private static final int RECORDS = 50;
    private static final long QUICK_POLLS = 40;
    private static final long PAUSE_NANOS = 3_000_000;
    private static final long LONG_PAUSE_NANOS = 40_000_000;
    private static final long MOST_LONG_PAUSES = 4;

    /** Clicks pause longer, and come after their impressions; without pauses they come first. */
    private static final long CLICKS_PAUSES = 3;

    private static volatile Duration always = Duration.ZERO;

    /** How long to wait after each poll even when there are no kills to come. */
    public static void pace(Duration pause) {
        always = pause;
    }

    /** Properties of Kafka clients that are paced. */
    public static Map<String, String> properties() {
        return Map.of(
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG, Integer.toString(RECORDS),
                ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG, PacedPolls.class.getName());
    }

    @Override
    public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
        long polls = Kills.poll();
        if (polls < 0) {
            LockSupport.parkNanos(always.toNanos());
        } else {
            // Longer and longer, so that the input outlasts a kill that is late.
            long times = Math.min(polls / QUICK_POLLS, MOST_LONG_PAUSES);
            long pause = times == 0 ? PAUSE_NANOS : times * LONG_PAUSE_NANOS;
            LockSupport.parkNanos(isOfClicks(records) ? CLICKS_PAUSES * pause : pause);
        }
        return records;
    }

    private static boolean isOfClicks(ConsumerRecords<byte[], byte[]> records) {
        return records.partitions().stream().anyMatch(at -> at.topic().equals("clicks"));
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

    /** One property serves consumers and producers; what is sent is left as it is. */
    @Override
    public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> record) {
        return record;
    }

    @Override
    public void onAcknowledgement(RecordMetadata metadata, Exception failure) {}

    @Override
    public void close() {}

    @Override
    public void configure(Map<String, ?> configuration) {}
}
