package io.millrace.jobs.history;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.model.version.Manifest;
import io.millrace.schemas.codec.EventFormat;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Ranges of Kafka topics as one history: their partitions merged by event time. Events are read by
 * one consumer that belongs to no group. Of fixed offsets it is always the same; the factories look
 * first whether Kafka still has them. Topics of profiles are read from where they begin, however
 * late the events do.
 *
 * @param ranges of events, one a partition, sorted
 * @param profileRanges of profiles, the same
 * @param times of the events that are wanted
 * @param selection how the ranges were chosen, for people
 */
public record KafkaHistory(
        KafkaTopics topics,
        List<KafkaRange> ranges,
        List<KafkaRange> profileRanges,
        TimeRange times,
        String selection)
        implements History {

    /** How long brokers may take to answer a question. */
    private static final Duration ANSWER = Duration.ofSeconds(10);

    private static final long ALL_PARTITIONS_BYTES = 32 << 20;
    private static final long LEAST_BYTES = 64 << 10;
    private static final long MOST_BYTES = 1 << 20;

    public KafkaHistory {
        ranges = ranges.stream().sorted().toList();
        profileRanges = profileRanges.stream().sorted().toList();
    }

    /**
     * The events with a time in the range, of what is on the topics now.
     *
     * @throws HistoryException when there is none, or Kafka does not have them any more
     */
    public static KafkaHistory between(KafkaTopics topics, TimeRange times) {
        return look(
                topics,
                times,
                "event time",
                bounds -> bounds.between(times),
                KafkaBounds::wholeProfiles);
    }

    /**
     * The records between the positions of two versions.
     *
     * @param from begins where this one ends; null for the beginning of the log
     * @param to ends where this one does; null for the end of the log now
     * @throws HistoryException when there is none, or Kafka does not have them any more
     */
    public static KafkaHistory ofVersions(
            KafkaTopics topics, @Nullable Manifest from, @Nullable Manifest to, TimeRange times) {
        String selection =
                (from == null ? "the log's beginning" : KafkaBounds.name(from))
                        + " to "
                        + (to == null ? "the log's end" : KafkaBounds.name(to));
        return look(
                topics,
                times,
                selection,
                bounds -> bounds.ofVersions(from, to),
                bounds -> bounds.profilesOfVersion(to));
    }

    /**
     * Ranges of offsets as they are given. A partition of profiles that is not among them is taken
     * whole.
     *
     * @throws HistoryException when there is none, or Kafka does not have them any more
     */
    public static KafkaHistory ofOffsets(
            KafkaTopics topics, List<KafkaRange> ranges, TimeRange times) {
        return look(
                topics,
                times,
                "offsets",
                bounds -> bounds.ofOffsets(ranges),
                bounds -> bounds.profilesOfOffsets(ranges));
    }

    @Override
    public EventFormat format() {
        return topics.format();
    }

    @Override
    public long size() {
        return ranges.stream().mapToLong(KafkaRange::size).sum();
    }

    @Override
    public long count() throws IOException {
        try (KafkaCursor events = open()) {
            long count = 0;
            while (events.next() != null) {
                count++;
            }
            return count;
        }
    }

    /** {@code offsets} holds, separated by spaces, what {@link KafkaRange#parse} reads. */
    @Override
    public SortedMap<String, String> facts() {
        SortedMap<String, String> facts = new TreeMap<>();
        facts.put("brokers", topics.brokers());
        facts.put("topics", String.join(", ", topics.kinds().keySet()));
        facts.put("offsets", text(allRanges()));
        if (!profileRanges.isEmpty()) {
            facts.put("topics of profiles", String.join(", ", topics.profiles()));
        }
        facts.put("selected by", selection);
        facts.put("event time", KafkaBounds.text(times));
        return facts;
    }

    @Override
    public KafkaCursor open() {
        long bytes = ALL_PARTITIONS_BYTES / Math.max(1, ranges.size());
        long fullBytes = Math.max(LEAST_BYTES, Math.min(MOST_BYTES, bytes));
        Consumer<byte[], byte[]> consumer = topics.connect((int) fullBytes);
        return new KafkaCursor(topics, ranges, times, consumer, fullBytes, KafkaCursor.PATIENCE);
    }

    /** Of events and of profiles. */
    public List<KafkaRange> allRanges() {
        return Stream.concat(ranges.stream(), profileRanges.stream()).toList();
    }

    @Override
    public String table(PipelineConfig config, String profile) {
        return config.topics().profiles().getOrDefault(profile, profile);
    }

    @Override
    public SortedMap<String, Long> profiles() {
        SortedMap<String, Long> profiles = new TreeMap<>();
        profileRanges.forEach(range -> profiles.merge(range.topic(), range.size(), Long::sum));
        return profiles;
    }

    @Override
    public HistoryCursor<HistoryProfile> openProfiles() {
        return new KafkaProfileCursor(
                topics,
                profileRanges,
                times.to(),
                topics.connect((int) MOST_BYTES),
                KafkaCursor.PATIENCE);
    }

    private String offsets() {
        return text(ranges);
    }

    private static String text(List<KafkaRange> ranges) {
        return ranges.stream().map(KafkaRange::toString).collect(Collectors.joining(" "));
    }

    private static KafkaHistory look(
            KafkaTopics topics,
            TimeRange times,
            String selection,
            Selection events,
            Selection profiles) {
        if (times.from() >= times.to()) {
            throw new HistoryException(
                    "the range of event time is empty: "
                            + KafkaBounds.text(times)
                            + "; expected a beginning before its end");
        }
        try (Consumer<byte[], byte[]> consumer = topics.connect((int) MOST_BYTES)) {
            KafkaBounds bounds = new KafkaBounds(topics, consumer, ANSWER);
            KafkaHistory history =
                    new KafkaHistory(
                            topics, events.of(bounds), profiles.of(bounds), times, selection);
            history.requireEvents();
            return history;
        }
    }

    /** Reads up to the first event: without one, nothing could be trained. */
    private void requireEvents() {
        KafkaTally tally;
        try (KafkaCursor cursor = open()) {
            tally = cursor.tally();
            while (tally.inRange() == 0 && cursor.next() != null) {
                // Those that come before it cannot be decoded.
            }
        } catch (IOException e) {
            throw new HistoryException(String.valueOf(e.getMessage()));
        }
        if (tally.inRange() > 0) {
            return;
        }
        if (tally.events() > 0) {
            throw new HistoryException(
                    "none of the "
                            + tally.events()
                            + " events in "
                            + offsets()
                            + " has a time in "
                            + KafkaBounds.text(times)
                            + "; theirs go from "
                            + Instant.ofEpochMilli(tally.earliest())
                            + " to "
                            + Instant.ofEpochMilli(tally.latest()));
        }
        String unreadable = tally.firstUnreadable();
        throw new HistoryException(
                unreadable == null
                        ? "there is no record in "
                                + offsets()
                                + ", only gaps; other offsets would work"
                        : "no record in "
                                + offsets()
                                + " can be read as an event in "
                                + topics.format()
                                + ", the pipeline's events.format; the first is "
                                + unreadable);
    }

    private interface Selection {
        List<KafkaRange> of(KafkaBounds bounds);
    }
}
