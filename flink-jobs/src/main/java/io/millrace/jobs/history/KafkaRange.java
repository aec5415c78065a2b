package io.millrace.jobs.history;

import java.io.Serializable;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.TopicPartition;

/**
 * The records of a partition between two offsets.
 *
 * @param from offset of the first record
 * @param to exclusive
 */
public record KafkaRange(String topic, int partition, long from, long to)
        implements Serializable, Comparable<KafkaRange> {

    private static final Pattern TEXT = Pattern.compile("([^/=]+)/(\\d+)=(\\d+)\\.\\.(\\d+)");
    private static final Comparator<KafkaRange> ORDER =
            Comparator.comparing(KafkaRange::topic)
                    .thenComparingInt(KafkaRange::partition)
                    .thenComparingLong(KafkaRange::from);

    public KafkaRange {
        if (from > to) {
            throw new HistoryException(
                    text(topic, partition, from, to)
                            + " ends before it begins; expected TOPIC/PARTITION=FROM..TO, of"
                            + " which TO is the first offset that is not wanted");
        }
    }

    /**
     * Reads {@code TOPIC/PARTITION=FROM..TO}, which is also what {@link #toString} writes.
     *
     * @throws HistoryException when it is not of this form
     */
    public static KafkaRange parse(String text) {
        Matcher matcher = TEXT.matcher(text.strip());
        try {
            if (matcher.matches()) {
                return new KafkaRange(
                        matcher.group(1),
                        Integer.parseInt(matcher.group(2)),
                        Long.parseLong(matcher.group(3)),
                        Long.parseLong(matcher.group(4)));
            }
        } catch (NumberFormatException tooLarge) {
            throw new HistoryException("'" + text + "' has a number that no offset can have");
        }
        throw new HistoryException(
                "'"
                        + text
                        + "' is no range of offsets; expected TOPIC/PARTITION=FROM..TO, for"
                        + " example clicks/0=1200..5000, of which TO is the first offset that is"
                        + " not wanted");
    }

    /** Offsets in it; records at most, since offsets may have gaps. */
    public long size() {
        return to - from;
    }

    TopicPartition topicPartition() {
        return new TopicPartition(topic, partition);
    }

    @Override
    public int compareTo(KafkaRange other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return text(topic, partition, from, to);
    }

    private static String text(String topic, int partition, long from, long to) {
        return topic + "/" + partition + "=" + from + ".." + to;
    }
}
