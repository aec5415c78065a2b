package io.millrace.jobs.history;

import io.millrace.model.version.Manifest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What Kafka has of a pipeline's topics, and which offsets of it are asked for. What is asked for
 * and is not there is refused, by a sentence that says what would work.
 */
final class KafkaBounds {

    private static final int MOST_NAMES = 10;
    private static final String LATER_VERSION = "a later version or ";
    private static final Comparator<TopicPartition> ORDER =
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

    private final KafkaTopics topics;
    private final Consumer<byte[], byte[]> consumer;
    private final Duration patience;
    private final SortedMap<TopicPartition, Log> logs;
    private final SortedMap<TopicPartition, Log> profileLogs;

    /**
     * Where the log of a partition begins and ends.
     *
     * @param end exclusive; before it nothing is uncommitted
     */
    private record Log(long begin, long end) {}

    /**
     * Looks at the topics.
     *
     * @param patience how long brokers may take to answer
     */
    KafkaBounds(KafkaTopics topics, Consumer<byte[], byte[]> consumer, Duration patience) {
        this.topics = topics;
        this.consumer = consumer;
        this.patience = patience;
        Map<String, List<PartitionInfo>> present =
                ask("be asked for its topics", () -> consumer.listTopics(patience));
        logs = logs(topics.kinds().keySet(), present);
        profileLogs = logs(topics.profiles(), present);
    }

    /** How messages name a version. */
    static String name(Manifest manifest) {
        return "version " + manifest.version() + " of " + manifest.model();
    }

    /** A range of event time for people. */
    static String text(TimeRange times) {
        if (times.equals(TimeRange.ALL)) {
            return "all";
        }
        String from =
                times.from() == Long.MIN_VALUE
                        ? "the beginning"
                        : Instant.ofEpochMilli(times.from()).toString();
        String to =
                times.to() == Long.MAX_VALUE
                        ? "the end"
                        : Instant.ofEpochMilli(times.to()).toString();
        return from + " to " + to;
    }

    /** Offsets that hold whatever there is of a range of event time. */
    List<KafkaRange> between(TimeRange times) {
        boolean fromBeginning = times.from() == Long.MIN_VALUE;
        Map<TopicPartition, Long> starts = fromBeginning ? Map.of() : starts(times.from());
        List<KafkaRange> ranges = new ArrayList<>();
        logs.forEach(
                (partition, log) ->
                        ranges.add(
                                range(
                                        partition,
                                        starts.getOrDefault(partition, log.begin()),
                                        log.end())));
        if (isEmpty(ranges)) {
            throw new HistoryException(
                    logs.values().stream().allMatch(log -> log.begin() == log.end())
                            ? "there is no record on " + topics.names() + " at " + topics.brokers()
                            : "no record of "
                                    + topics.names()
                                    + " arrived late enough to have a time in "
                                    + text(times)
                                    + "; an earlier --from would work");
        }
        return ranges;
    }

    /** Offsets between two versions; a version's are those of the first record not in it. */
    List<KafkaRange> ofVersions(@Nullable Manifest from, @Nullable Manifest to) {
        if (from != null) {
            requireKnown(from);
        }
        if (to != null) {
            requireKnown(to);
        }
        List<KafkaRange> ranges = new ArrayList<>();
        logs.forEach((partition, log) -> ranges.add(ofVersions(partition, log, from, to)));
        if (isEmpty(ranges)) {
            throw new HistoryException(
                    "there is no record between "
                            + (from == null ? "the beginning of " + topics.names() : name(from))
                            + " and "
                            + (to == null ? "the end of " + topics.names() : name(to))
                            + "; an earlier --from-version or a later --to-version would work");
        }
        return ranges;
    }

    /** Offsets of events as they are given, beside which some of profiles may be. */
    List<KafkaRange> ofOffsets(List<KafkaRange> wanted) {
        Set<TopicPartition> seen = new TreeSet<>(ORDER);
        for (KafkaRange range : wanted) {
            TopicPartition partition = range.topicPartition();
            requirePartition("--offsets", partition);
            if (!seen.add(partition)) {
                throw new HistoryException(
                        "--offsets names "
                                + name(partition)
                                + " twice; expected one range for each partition");
            }
            requireBegun("--offsets begins", "", partition, range.from());
            requireReached("--offsets", partition, range.from());
            requireReached("--offsets", partition, range.to());
        }
        for (String topic : topics.kinds().keySet()) {
            if (seen.stream().noneMatch(partition -> partition.topic().equals(topic))) {
                throw new HistoryException(
                        "--offsets names no partition of topic "
                                + topic
                                + ", which the pipeline learns from; Kafka has "
                                + whole(topic));
            }
        }
        List<KafkaRange> events =
                wanted.stream().filter(range -> topics.kinds().containsKey(range.topic())).toList();
        if (isEmpty(events)) {
            throw new HistoryException(
                    "--offsets holds no record: every range ends where it begins");
        }
        return events;
    }

    // -- profiles

    /** All that there is. */
    List<KafkaRange> wholeProfiles() {
        List<KafkaRange> ranges = new ArrayList<>();
        profileLogs.forEach(
                (partition, log) -> ranges.add(range(partition, log.begin(), log.end())));
        return ranges;
    }

    /**
     * From the beginning to where a version ends.
     *
     * @param to null for all that there is. Of a topic that it does not name it has read nothing,
     *     unless that is another pipeline's: of those there is all
     */
    List<KafkaRange> profilesOfVersion(@Nullable Manifest to) {
        if (to == null) {
            return wholeProfiles();
        }
        List<KafkaRange> ranges = new ArrayList<>();
        for (KafkaRange whole : wholeProfiles()) {
            Long position = position(to, whole.topicPartition());
            boolean isOfOthers =
                    !to.offsets().containsKey(whole.topic())
                            && !topics.ownProfiles().contains(whole.topic());
            long end = isOfOthers ? whole.to() : position == null ? whole.from() : position;
            requireReached(name(to), whole.topicPartition(), end);
            ranges.add(range(whole.topicPartition(), whole.from(), Math.max(whole.from(), end)));
        }
        return ranges;
    }

    /** Those among given offsets, and of all other partitions all that there is. */
    List<KafkaRange> profilesOfOffsets(List<KafkaRange> wanted) {
        Map<TopicPartition, KafkaRange> given = new HashMap<>();
        wanted.forEach(range -> given.put(range.topicPartition(), range));
        return wholeProfiles().stream()
                .map(whole -> given.getOrDefault(whole.topicPartition(), whole))
                .toList();
    }

    // -- event time

    /**
     * Where to begin so that nothing of the range lies before: an event whose time lies further
     * ahead of its arrival than events.max-ahead is refused anyway, so what arrived earlier than
     * that before the range is not in it.
     */
    private Map<TopicPartition, Long> starts(long from) {
        requireRetained(from);
        long arrival = Math.max(0, Math.max(0, from) - topics.maxAhead().toMillis());
        Map<TopicPartition, OffsetAndTimestamp> found = firstArrivedFrom(arrival);
        Map<TopicPartition, Long> starts = new HashMap<>();
        logs.forEach(
                (partition, log) -> {
                    OffsetAndTimestamp first = found.get(partition);
                    starts.put(
                            partition,
                            first == null ? log.end() : Math.min(first.offset(), log.end()));
                });
        return starts;
    }

    /** Refuses a range some of whose events retention may have removed. */
    private void requireRetained(long from) {
        Map<TopicPartition, OffsetAndTimestamp> oldest = firstArrivedFrom(0);
        TopicPartition gap = null;
        long works = from;
        for (Map.Entry<TopicPartition, Log> entry : logs.entrySet()) {
            TopicPartition partition = entry.getKey();
            if (entry.getValue().begin() == 0) {
                continue;
            }
            OffsetAndTimestamp first = oldest.get(partition);
            if (first == null) {
                throw new HistoryException(
                        "Kafka has removed all records of "
                                + name(partition)
                                + ", and with them perhaps some from "
                                + Instant.ofEpochMilli(from)
                                + " on; --offsets, which leaves it out, would work: "
                                + nonEmpty());
            }
            if (first.timestamp() > works) {
                gap = partition;
                works = first.timestamp();
            }
        }
        if (gap != null) {
            throw new HistoryException(
                    "Kafka has removed the records of "
                            + name(gap)
                            + " before offset "
                            + log(gap).begin()
                            + ", and with them perhaps some from "
                            + Instant.ofEpochMilli(from)
                            + " on, for the oldest that is left arrived at "
                            + Instant.ofEpochMilli(works)
                            + "; --from "
                            + Instant.ofEpochMilli(works)
                            + " or later, or --offsets "
                            + nonEmpty()
                            + ", would work");
        }
    }

    private Map<TopicPartition, OffsetAndTimestamp> firstArrivedFrom(long arrival) {
        Map<TopicPartition, Long> wanted = new HashMap<>();
        logs.keySet().forEach(partition -> wanted.put(partition, arrival));
        return ask("tell when records arrived", () -> consumer.offsetsForTimes(wanted, patience));
    }

    // -- versions

    private KafkaRange ofVersions(
            TopicPartition partition, Log log, @Nullable Manifest from, @Nullable Manifest to) {
        Long wantedFrom = from == null ? null : position(from, partition);
        Long wantedTo = to == null ? null : position(to, partition);
        if (from != null && wantedFrom != null) {
            requireBegun(name(from) + " ends", LATER_VERSION, partition, wantedFrom);
            requireReached(name(from), partition, wantedFrom);
        }
        if (to != null && wantedTo != null) {
            requireReached(name(to), partition, wantedTo);
        }
        // A version names no partition that it has read nothing of; the training job reads those
        // from the beginning.
        long start = wantedFrom == null ? log.begin() : wantedFrom;
        long end = to == null ? log.end() : wantedTo == null ? start : wantedTo;
        if (from == null && to != null && wantedTo != null && wantedTo < start) {
            requireBegun(name(to) + " ends", LATER_VERSION, partition, wantedTo);
        }
        if (end < start) {
            throw new HistoryException(
                    (to == null ? "the log" : name(to))
                            + " ends at offset "
                            + end
                            + " of "
                            + name(partition)
                            + ", which is before the "
                            + start
                            + " of "
                            + (from == null ? "the log's beginning" : name(from))
                            + "; expected a --to-version after --from-version");
        }
        return range(partition, start, end);
    }

    private static @Nullable Long position(Manifest version, TopicPartition partition) {
        return version.offsets()
                .getOrDefault(partition.topic(), Map.of())
                .get(partition.partition());
    }

    /** Refuses a version that was trained from something else than the topics there are. */
    private void requireKnown(Manifest version) {
        if (version.offsets().isEmpty()) {
            throw new HistoryException(
                    name(version)
                            + " names no offsets, so it was not trained from Kafka; --from and"
                            + " --to, or --offsets, would work");
        }
        version.offsets()
                .forEach(
                        (topic, partitions) ->
                                partitions
                                        .keySet()
                                        .forEach(
                                                partition ->
                                                        requirePartition(
                                                                name(version),
                                                                new TopicPartition(
                                                                        topic, partition))));
    }

    // -- what is there

    private SortedMap<TopicPartition, Log> logs(
            Collection<String> names, Map<String, List<PartitionInfo>> present) {
        SortedMap<TopicPartition, Log> found = new TreeMap<>(ORDER);
        List<TopicPartition> partitions = partitions(names, present);
        if (partitions.isEmpty()) {
            return found;
        }
        Map<TopicPartition, Long> begins =
                ask(
                        "tell where topics begin",
                        () -> consumer.beginningOffsets(partitions, patience));
        Map<TopicPartition, Long> ends =
                ask("tell where topics end", () -> consumer.endOffsets(partitions, patience));
        for (TopicPartition partition : partitions) {
            found.put(
                    partition,
                    new Log(
                            Objects.requireNonNull(begins.get(partition)),
                            Objects.requireNonNull(ends.get(partition))));
        }
        return found;
    }

    private List<TopicPartition> partitions(
            Collection<String> names, Map<String, List<PartitionInfo>> present) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : names) {
            List<PartitionInfo> infos = present.get(topic);
            if (infos == null) {
                throw new HistoryException(
                        "Kafka at "
                                + topics.brokers()
                                + " has no topic "
                                + topic
                                + "; it has "
                                + alike(topic, present.keySet()));
            }
            infos.forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
        }
        return partitions;
    }

    /** The names like a name, or some of all when none is. */
    private static String alike(String name, Collection<String> present) {
        SortedSet<String> own = new TreeSet<>(present);
        own.removeIf(topic -> topic.startsWith("__"));
        if (own.isEmpty()) {
            return "no topics";
        }
        List<String> alike = own.stream().filter(topic -> isAlike(name, topic)).toList();
        if (!alike.isEmpty()) {
            return String.join(", ", alike) + ", which the pipeline could name under topics";
        }
        return own.stream().limit(MOST_NAMES).collect(Collectors.joining(", "))
                + (own.size() > MOST_NAMES ? " and others" : "")
                + ", none of which is named alike";
    }

    private static boolean isAlike(String name, String other) {
        String a = letters(name);
        String b = letters(other);
        int same = 0;
        while (same < Math.min(a.length(), b.length()) && a.charAt(same) == b.charAt(same)) {
            same++;
        }
        return a.contains(b) || b.contains(a) || same * 3 >= Math.max(a.length(), b.length());
    }

    private static String letters(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }

    private void requirePartition(String who, TopicPartition partition) {
        String topic = partition.topic();
        if (!topics.has(topic)) {
            throw new HistoryException(
                    who
                            + " names topic "
                            + topic
                            + ", but the pipeline learns from "
                            + topics.names()
                            + "; name it under topics or profiles in the pipeline file, or choose by"
                            + " --from and --to");
        }
        if (!logs.containsKey(partition) && !profileLogs.containsKey(partition)) {
            throw new HistoryException(
                    who
                            + " names partition "
                            + partition.partition()
                            + " of topic "
                            + topic
                            + ", which Kafka at "
                            + topics.brokers()
                            + " does not have; it has "
                            + whole(topic));
        }
    }

    private void requireBegun(
            String whoBegins, String works, TopicPartition partition, long offset) {
        Log log = log(partition);
        if (offset < log.begin()) {
            throw new HistoryException(
                    whoBegins
                            + " at offset "
                            + offset
                            + " of "
                            + name(partition)
                            + ", but Kafka has removed the records before offset "
                            + log.begin()
                            + "; "
                            + works
                            + "--offsets "
                            + nonEmpty()
                            + " would work");
        }
    }

    private void requireReached(String who, TopicPartition partition, long offset) {
        Log log = log(partition);
        if (offset > log.end()) {
            throw new HistoryException(
                    who
                            + " names offset "
                            + offset
                            + " of "
                            + name(partition)
                            + ", but its log ends at "
                            + log.end()
                            + "; either the topic was made anew, or Kafka at "
                            + topics.brokers()
                            + " is not the one that was meant; --from and --to, or --offsets "
                            + nonEmpty()
                            + ", would work");
        }
    }

    private Log log(TopicPartition partition) {
        return Objects.requireNonNull(
                logs.getOrDefault(partition, profileLogs.get(partition)), partition.toString());
    }

    /** All that there is of a topic, as --offsets takes it. */
    private String whole(String topic) {
        return Stream.concat(logs.entrySet().stream(), profileLogs.entrySet().stream())
                .filter(entry -> entry.getKey().topic().equals(topic))
                .map(entry -> text(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(" "));
    }

    /** All that there is, as --offsets takes it. */
    private String nonEmpty() {
        return logs.entrySet().stream()
                .filter(entry -> entry.getValue().begin() < entry.getValue().end())
                .map(entry -> text(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(" "));
    }

    private static String text(TopicPartition partition, Log log) {
        return range(partition, log.begin(), log.end()).toString();
    }

    private static String name(TopicPartition partition) {
        return partition.topic() + "/" + partition.partition();
    }

    private static KafkaRange range(TopicPartition partition, long from, long to) {
        return new KafkaRange(partition.topic(), partition.partition(), from, to);
    }

    private static boolean isEmpty(List<KafkaRange> ranges) {
        return ranges.stream().allMatch(range -> range.size() == 0);
    }

    private <T> T ask(String what, Supplier<T> question) {
        try {
            return question.get();
        } catch (InterruptException e) {
            throw e;
        } catch (TimeoutException e) {
            throw new HistoryException(
                    "no Kafka broker answers at "
                            + topics.brokers()
                            + " within "
                            + patience.toSeconds()
                            + " s; is it running, and does kafka.bootstrap-servers or"
                            + " --bootstrap-servers name it?");
        } catch (KafkaException e) {
            throw new HistoryException(
                    "Kafka at " + topics.brokers() + " could not " + what + ": " + e.getMessage());
        }
    }
}
