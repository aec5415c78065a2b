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
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/**
 * A merge of partitions by event time: always the earliest of the next events of all partitions. An
 * event that is late within its partition therefore comes as soon as it is the next one there.
 *
 * <p>What comes next must be known of every partition, so one that is far behind the others in its
 * log makes them wait. They are paused meanwhile when enough of them is fetched, which bounds the
 * memory however times are spread over partitions.
 */
final class KafkaCursor implements HistoryCursor {

    /** How long brokers may send nothing. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Duration LAST_WORDS = Duration.ofSeconds(1);
    private static final Duration POLL = Duration.ofMillis(500);

    private final Consumer<byte[], byte[]> consumer;
    private final KafkaTopics topics;
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
        this.topics = topics;
        this.consumer = consumer;
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
        consumer.close(CloseOptions.timeout(LAST_WORDS));
    }

    private void awaitAll() throws IOException {
        long giveUp = System.nanoTime() + patience.toNanos();
        while (waiting > 0) {
            if (fetch()) {
                giveUp = System.nanoTime() + patience.toNanos();
            } else if (System.nanoTime() - giveUp >= 0) {
                throw new IOException(silence());
            }
        }
    }

    /** Fetches some records; false when nothing came. */
    private boolean fetch() throws IOException {
        pauseAndResume();
        ConsumerRecords<byte[], byte[]> records = poll();
        boolean moved = false;
        for (Iterator<KafkaPartition> all = reading.values().iterator(); all.hasNext(); ) {
            KafkaPartition partition = all.next();
            TopicPartition name = partition.topicPartition();
            boolean waited = partition.waiting();
            for (ConsumerRecord<byte[], byte[]> record : records.records(name)) {
                partition.add(record, reader, tally);
            }
            moved |= partition.fetchedTo(position(name));
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

    private ConsumerRecords<byte[], byte[]> poll() throws IOException {
        try {
            return consumer.poll(POLL);
        } catch (InterruptException e) {
            throw e;
        } catch (OffsetOutOfRangeException e) {
            throw new IOException(
                    "records of "
                            + e.offsetOutOfRangePartitions()
                            + " (partition=offset) were removed from Kafka at "
                            + topics.brokers()
                            + " while they were read; a longer retention of the topic or a later"
                            + " range would work",
                    e);
        } catch (KafkaException e) {
            throw unreadable(e);
        }
    }

    private long position(TopicPartition partition) throws IOException {
        try {
            return consumer.position(partition);
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            throw unreadable(e);
        }
    }

    private IOException unreadable(KafkaException e) {
        return new IOException(
                "Kafka at " + topics.brokers() + " could not be read: " + e.getMessage(), e);
    }

    private String silence() {
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
        return "Kafka at "
                + topics.brokers()
                + " has sent nothing of "
                + missing
                + " on for "
                + patience.toSeconds()
                + " s; is it still running?";
    }
}
