package io.millrace.jobs.history;

import io.millrace.jobs.source.Origin;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.schemas.codec.UndecodableException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The profiles on ranges of topics, one range after the other. Those that hold from the end of the
 * wanted time on are left out; what has no time that can be read is not, so that it is told of.
 */
final class KafkaProfileCursor implements HistoryCursor<HistoryProfile> {

    private static final byte[] NOTHING = new byte[0];

    private final Queue<KafkaRange> left = new ArrayDeque<>();
    private final long before;
    private final Consumer<byte[], byte[]> consumer;
    private final KafkaReads reads;
    private final Duration patience;
    private final KafkaEventTime reader;
    private final Deque<HistoryProfile> fetched = new ArrayDeque<>();
    private @Nullable KafkaRange reading;

    /**
     * @param before event time, milliseconds since the epoch
     * @param consumer closed with the cursor
     */
    KafkaProfileCursor(
            KafkaTopics topics,
            List<KafkaRange> ranges,
            long before,
            Consumer<byte[], byte[]> consumer,
            Duration patience) {
        this.before = before;
        this.consumer = consumer;
        this.patience = patience;
        reads = new KafkaReads(consumer, topics.brokers());
        reader = new KafkaEventTime(topics);
        ranges.stream().filter(range -> range.size() > 0).forEach(left::add);
    }

    @Override
    public @Nullable HistoryProfile next() throws IOException {
        while (fetched.isEmpty()) {
            if (reading == null) {
                reading = left.poll();
                if (reading == null) {
                    return null;
                }
                begin(reading);
            }
            if (fetch(reading)) {
                reading = null;
            }
        }
        return fetched.remove();
    }

    @Override
    public void close() {
        reads.close();
    }

    private void begin(KafkaRange range) {
        consumer.assign(List.of(range.topicPartition()));
        consumer.seek(range.topicPartition(), range.from());
    }

    /** Fetches some records; whether the range is read to its end. */
    private boolean fetch(KafkaRange range) throws IOException {
        TopicPartition partition = range.topicPartition();
        long position = reads.position(partition);
        long begin = System.nanoTime();
        while (reads.position(partition) == position) {
            for (ConsumerRecord<byte[], byte[]> record : reads.poll().records(partition)) {
                if (record.offset() < range.to()) {
                    add(record);
                }
            }
            if (reads.position(partition) == position
                    && System.nanoTime() - begin > patience.toNanos()) {
                throw reads.silence(
                        range.topic() + "/" + range.partition() + " from offset " + position,
                        patience);
            }
        }
        return reads.position(partition) >= range.to();
    }

    private void add(ConsumerRecord<byte[], byte[]> record) {
        byte[] payload = record.value() == null ? NOTHING : record.value();
        Origin origin =
                new Origin(record.topic(), record.partition(), record.offset(), record.timestamp());
        try {
            payload = reader.today(payload);
            if (payload.length > 0 && reader.ofProfile(payload, origin) >= before) {
                return;
            }
        } catch (UndecodableException | InvalidEventException e) {
            // Whoever reads it finds the same, and tells.
        }
        fetched.add(new HistoryProfile(record.topic(), origin, payload));
    }
}
