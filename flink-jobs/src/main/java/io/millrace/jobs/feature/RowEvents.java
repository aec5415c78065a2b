package io.millrace.jobs.feature;

import io.millrace.model.stream.KeyGroup;
import io.millrace.model.stream.KeyGroups;
import io.millrace.model.stream.StreamKeys;
import io.millrace.model.stream.StreamUpdate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * What an event means to the rows of its keys. The keys of an event, group after group, are its
 * parts: so many questions it asks, and so many answers it waits for. They are numbered in the
 * order of {@link StreamKeys#keys}, which goes with the event: so answers that lie in state keep
 * their groups when the file has others now. Used by one thread.
 */
final class RowEvents {

    private final KeyGroups groups;

    RowEvents(KeyGroups groups) {
        this.groups = groups;
    }

    /**
     * Asks all rows of the event's keys, and then changes those that {@code update} changes. Rows
     * of groups that are no more are asked too, since {@link #rows} waits for their answers.
     */
    void ask(
            StreamKeys keys,
            long time,
            String id,
            StreamUpdate update,
            Collector<FeatureEvent> out) {
        int part = 0;
        for (Map.Entry<String, List<String>> of : keys.keys().entrySet()) {
            KeyGroup group = groups.get(of.getKey());
            StreamUpdate taken = group != null && group.takes(update) ? update : null;
            for (String key : of.getValue()) {
                out.collect(event(of.getKey(), key, time, FeatureEvent.SHOWN, id, part, taken));
                part++;
            }
        }
    }

    /** Changes the rows of the event's keys. */
    void change(
            StreamKeys keys,
            long time,
            int rank,
            String id,
            StreamUpdate update,
            Collector<FeatureEvent> out) {
        for (KeyGroup group : groups.all()) {
            if (group.takes(update)) {
                for (String key : keys.of(group)) {
                    out.collect(
                            event(
                                    group.id(),
                                    key,
                                    time,
                                    rank,
                                    id,
                                    FeatureEvent.NO_QUESTION,
                                    update));
                }
            }
        }
    }

    /**
     * The answers to an event's questions, by group and in the order of its keys.
     *
     * @param answers by part
     * @return null when one is missing
     */
    @Nullable Map<String, List<byte[]>> rows(StreamKeys keys, Map<Integer, byte[]> answers) {
        Map<String, List<byte[]>> rows = new HashMap<>();
        int part = 0;
        for (KeyGroup group : groups.all()) {
            rows.put(group.id(), List.of());
        }
        for (Map.Entry<String, List<String>> of : keys.keys().entrySet()) {
            List<byte[]> found = new ArrayList<>();
            for (int i = of.getValue().size(); i > 0; i--) {
                byte[] row = answers.get(part++);
                if (row == null) {
                    return null;
                }
                found.add(row);
            }
            rows.replace(of.getKey(), found);
        }
        return rows;
    }

    private static FeatureEvent event(
            String group,
            String key,
            long time,
            int rank,
            String id,
            int part,
            @Nullable StreamUpdate update) {
        return new FeatureEvent(group, key, time, rank, id, part, update);
    }
}
