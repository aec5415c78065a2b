package io.millrace.jobs.cli.stream;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.UndecodableException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listener to what is written to a topic between its construction and its close, on a thread of
 * its own; nothing of it is missed.
 */
public final class TopicTail<T extends SpecificRecord> implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TopicTail.class);

    /** Short, as close waits for it: a wake-up could also end the look at the topic's end. */
    private static final Duration POLL = Duration.ofMillis(100);

    private static final Duration LAST_POLLS = Duration.ofSeconds(5);

    private final String topic;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final EventCodec<T> codec;
    private final Consumer<T> listener;
    private final Thread thread;
    private volatile boolean closed;

    /**
     * @param listener called on the tail's thread; what it throws ends the tail
     */
    public TopicTail(PipelineConfig config, String topic, Class<T> type, Consumer<T> listener) {
        this.topic = topic;
        this.listener = listener;
        codec = EventCodec.of(type, config.events().format());
        consumer = new KafkaConsumer<>(properties(config), bytes(), bytes());
        seekToEnd();
        thread = new Thread(this::run, "tail-" + topic);
        thread.setDaemon(true);
        thread.start();
    }

    /** Delivers what is on the topic by now, and stops listening. */
    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void seekToEnd() {
        List<TopicPartition> partitions =
                consumer.partitionsFor(topic).stream()
                        .map(info -> new TopicPartition(topic, info.partition()))
                        .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
    }

    private void run() {
        try (consumer) {
            listen();
            deliverRest();
        } catch (RuntimeException e) {
            LOG.error("topic {} is no longer listened to", topic, e);
        }
    }

    private void listen() {
        while (!closed) {
            consumer.poll(POLL).forEach(this::deliver);
        }
    }

    private void deliverRest() {
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment(), LAST_POLLS);
        long giveUp = System.nanoTime() + LAST_POLLS.toNanos();
        while (isBefore(ends) && System.nanoTime() < giveUp) {
            consumer.poll(POLL).forEach(this::deliver);
        }
        if (isBefore(ends)) {
            LOG.warn("topic {} was not read to its end within {}", topic, LAST_POLLS);
        }
    }

    private boolean isBefore(Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream()
                .anyMatch(end -> consumer.position(end.getKey()) < end.getValue());
    }

    private void deliver(ConsumerRecord<byte[], byte[]> record) {
        T event;
        try {
            event = codec.decode(record.value());
        } catch (UndecodableException e) {
            LOG.warn(
                    "record {} of partition {} of topic {} is skipped: {}",
                    record.offset(),
                    record.partition(),
                    topic,
                    e.getMessage());
            return;
        }
        listener.accept(event);
    }

    private static Map<String, Object> properties(PipelineConfig config) {
        Map<String, Object> properties = KafkaClients.properties(config);
        properties.put("enable.auto.commit", false);
        properties.put("auto.offset.reset", "earliest");
        properties.put("fetch.max.wait.ms", 100);
        return properties;
    }

    private static ByteArrayDeserializer bytes() {
        return new ByteArrayDeserializer();
    }
}
