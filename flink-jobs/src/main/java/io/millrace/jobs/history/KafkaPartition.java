package io.millrace.jobs.history;

import io.millrace.jobs.history.HistoryEvent.Kind;
import io.millrace.jobs.source.Origin;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.schemas.codec.UndecodableException;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** A partition that is being merged: its events from the next one on, as far as fetched. */
final class KafkaPartition {

    /** By the next event: its time; of one time, impressions before clicks, then by place. */
    static final Comparator<KafkaPartition> BY_NEXT_EVENT =
            Comparator.<KafkaPartition>comparingLong(partition -> partition.events.element().time())
                    .thenComparing(partition -> partition.kind)
                    .thenComparing(partition -> partition.range);

    private static final byte[] NOTHING = new byte[0];
    private static final long BYTES_BESIDE_PAYLOAD = 128;

    private final KafkaRange range;
    private final Kind kind;
    private final TimeRange times;
    private final TopicPartition topicPartition;
    private final Deque<HistoryEvent> events = new ArrayDeque<>();
    private long bytes;
    private long position;
    private long time;
    private boolean ended;

    /**
     * @param times of the events that are kept
     */
    KafkaPartition(KafkaRange range, Kind kind, TimeRange times) {
        this.range = range;
        this.kind = kind;
        this.times = times;
        topicPartition = range.topicPartition();
        position = range.from();
        // Records before the first event have no time; they come first and are never lost.
        time = Math.max(0, times.from());
    }

    TopicPartition topicPartition() {
        return topicPartition;
    }

    KafkaRange range() {
        return range;
    }

    long position() {
        return position;
    }

    /** True when all of the range has been fetched. */
    boolean ended() {
        return ended;
    }

    /** True when it is not known what comes next. */
    boolean waiting() {
        return events.isEmpty() && !ended;
    }

    boolean isEmpty() {
        return events.isEmpty();
    }

    /** Memory of what is fetched and not yet removed. */
    long bytes() {
        return bytes;
    }

    /** Takes a record that was fetched. */
    void add(ConsumerRecord<byte[], byte[]> record, KafkaEventTime reader, KafkaTally tally) {
        if (record.offset() >= range.to()) {
            return;
        }
        byte[] payload = record.value() == null ? NOTHING : record.value();
        Origin origin =
                new Origin(range.topic(), range.partition(), record.offset(), record.timestamp());
        try {
            payload = reader.today(payload);
            time = reader.of(kind, payload, origin);
            tally.event(time, times.contains(time));
        } catch (UndecodableException | InvalidEventException e) {
            // A time that is refused must not decide the order either: far ahead, it would hold
            // back all that follows in its partition. Both keep the time of the event before.
            tally.unreadable(range, record.offset(), String.valueOf(e.getMessage()));
        }
        if (times.contains(time)) {
            events.add(new HistoryEvent(kind, origin, time, payload));
            bytes += size(payload);
        }
    }

    /**
     * Learns how far it has been fetched; offsets without a record, as of transactions, count.
     *
     * @return whether that is farther than before
     */
    boolean fetchedTo(long newPosition) {
        boolean moved = newPosition > position;
        position = newPosition;
        ended = position >= range.to();
        return moved;
    }

    HistoryEvent remove() {
        HistoryEvent event = events.remove();
        bytes -= size(event.payload());
        return event;
    }

    private static long size(byte[] payload) {
        return payload.length + BYTES_BESIDE_PAYLOAD;
    }
}
