package io.millrace.jobs.history;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A merge of partitions by event time: always the earliest of the next events of all partitions. An
 * event that is late within its partition therefore comes as soon as it is the next one there.
 *
 * <p>What comes next must be known of every partition, so one that is far behind the others in its
 * log makes them wait. They are paused meanwhile when enough of them is fetched, which bounds the
 * memory however times are spread over partitions.
 */
final class KafkaCursor implements HistoryCursor<HistoryEvent> {

    /** How long brokers may send nothing. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Consumer<byte[], byte[]> consumer;
    private final KafkaReads reads;
    private final long fullBytes;
    private final Duration patience;
    private final KafkaEventTime reader;
    private final KafkaTally tally = new KafkaTally();
    private final Map<TopicPartition, KafkaPartition> reading = new LinkedHashMap<>();
    private final PriorityQueue<KafkaPartition> next =
            new PriorityQueue<>(KafkaPartition.BY_NEXT_EVENT);
    private int waiting;

    /**
     * @param consumer closed with the cursor
     * @param fullBytes a partition is paused while as much of it is fetched
     */
    KafkaCursor(
            KafkaTopics topics,
            List<KafkaRange> ranges,
            TimeRange times,
            Consumer<byte[], byte[]> consumer,
            long fullBytes,
            Duration patience) {
        this.consumer = consumer;
        reads = new KafkaReads(consumer, topics.brokers());
        this.fullBytes = fullBytes;
        this.patience = patience;
        reader = new KafkaEventTime(topics);
        for (KafkaRange range : ranges) {
            if (range.size() > 0) {
                reading.put(
                        range.topicPartition(),
                        new KafkaPartition(range, topics.kind(range.topic()), times));
            }
        }
        consumer.assign(reading.keySet());
        reading.forEach((partition, state) -> consumer.seek(partition, state.range().from()));
        waiting = reading.size();
    }

    @Override
    public @Nullable HistoryEvent next() throws IOException {
        if (waiting > 0) {
            awaitAll();
        }
        KafkaPartition first = next.poll();
        if (first == null) {
            return null;
        }
        HistoryEvent event = first.remove();
        if (!first.isEmpty()) {
            next.add(first);
        } else if (!first.ended()) {
            waiting++;
        }
        return event;
    }

    /** What was found so far. */
    KafkaTally tally() {
        return tally;
    }

    /** Memory of all that is fetched and not yet handed on. */
    long bytes() {
        return next.stream().mapToLong(KafkaPartition::bytes).sum();
    }

    @Override
    public void close() {
        reads.close();
    }

    private void awaitAll() throws IOException {
        long giveUp = System.nanoTime() + patience.toNanos();
        while (waiting > 0) {
            if (fetch()) {
                giveUp = System.nanoTime() + patience.toNanos();
            } else if (System.nanoTime() - giveUp >= 0) {
                throw silence();
            }
        }
    }

    /** Fetches some records; false when nothing came. */
    private boolean fetch() throws IOException {
        pauseAndResume();
        ConsumerRecords<byte[], byte[]> records = reads.poll();
        boolean moved = false;
        for (Iterator<KafkaPartition> all = reading.values().iterator(); all.hasNext(); ) {
            KafkaPartition partition = all.next();
            TopicPartition name = partition.topicPartition();
            boolean waited = partition.waiting();
            for (ConsumerRecord<byte[], byte[]> record : records.records(name)) {
                partition.add(record, reader, tally);
            }
            moved |= partition.fetchedTo(reads.position(name));
            if (waited && !partition.isEmpty()) {
                next.add(partition);
            }
            if (waited && !partition.waiting()) {
                waiting--;
            }
            if (partition.ended()) {
                consumer.pause(List.of(name));
                all.remove();
            }
        }
        return moved;
    }

    /** Resumes at half of what it pauses at, so that fetching is not switched by every event. */
    private void pauseAndResume() {
        List<TopicPartition> full = new ArrayList<>();
        List<TopicPartition> free = new ArrayList<>();
        reading.forEach(
                (name, partition) -> {
                    if (partition.bytes() >= fullBytes) {
                        full.add(name);
                    } else if (partition.bytes() <= fullBytes / 2) {
                        free.add(name);
                    }
                });
        consumer.pause(full);
        consumer.resume(free);
    }

    private IOException silence() {
        String missing =
                reading.values().stream()
                        .filter(KafkaPartition::waiting)
                        .map(
                                partition ->
                                        partition.range().topic()
                                                + "/"
                                                + partition.range().partition()
                                                + " from offset "
                                                + partition.position())
                        .collect(Collectors.joining(", "));
        return reads.silence(missing, patience);
    }
}
