package io.millrace.jobs.cli.inspect;

import io.millrace.schemas.DeadLetter;
import io.millrace.schemas.codec.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What was shown: dead letters by reason and topic, other records by what they are. */
final class InspectSummary {

    private static final String UNREADABLE = "that cannot be read";

    private final String topic;

    /** By reason, or by what they are. */
    private final Map<String, Group> groups = new TreeMap<>();

    private long count;
    private boolean hasLetters;

    InspectSummary(String topic) {
        this.topic = topic;
    }

    void add(Inspected record) {
        count++;
        DeadLetter letter = record.letter();
        hasLetters |= letter != null;
        groups.computeIfAbsent(name(record), name -> new Group())
                .add(letter == null ? topic : letter.getTopic(), record.time());
    }

    long count() {
        return count;
    }

    /** In order of how many there are. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(
                String.format(
                        Locale.ROOT,
                        "%,d %s of topic %s%s",
                        count,
                        (hasLetters ? "dead letter" : "record") + (count == 1 ? "" : "s"),
                        topic,
                        count == 0 ? "." : ":"));
        int width = groups.keySet().stream().mapToInt(String::length).max().orElse(0);
        groups.entrySet().stream()
                .sorted(Map.Entry.comparingByValue((a, b) -> Long.compare(b.count, a.count)))
                .forEach(group -> lines.add(line(group.getKey(), group.getValue(), width)));
        return lines;
    }

    private String line(String name, Group group, int width) {
        String topics = hasLetters ? "of " + group.topics() + ", " : "";
        return String.format(
                Locale.ROOT,
                "  %,9d  %-" + Math.max(1, width) + "s  %s%s",
                group.count,
                name,
                topics,
                group.times());
    }

    private static String name(Inspected record) {
        if (record.letter() != null) {
            return Printable.of(record.letter().getReason());
        }
        return record.content().event() == null
                ? UNREADABLE
                : record.content().event().getSchema().getName();
    }

    /** Records that have something in common. */
    private static final class Group {

        private final Map<String, Long> byTopic = new TreeMap<>();
        private long count;
        private long first = Long.MAX_VALUE;
        private long last = Long.MIN_VALUE;

        void add(String topic, long time) {
            count++;
            byTopic.merge(topic, 1L, Long::sum);
            first = Math.min(first, time);
            last = Math.max(last, time);
        }

        String topics() {
            return byTopic.size() == 1
                    ? Printable.of(byTopic.keySet().iterator().next())
                    : byTopic.entrySet().stream()
                            .map(
                                    of ->
                                            String.format(
                                                    Locale.ROOT,
                                                    "%s (%,d)",
                                                    Printable.of(of.getKey()),
                                                    of.getValue()))
                            .collect(Collectors.joining(" and "));
        }

        String times() {
            return first == last
                    ? Inspected.instant(first)
                    : Inspected.instant(first) + " to " + Inspected.instant(last);
        }
    }
}
