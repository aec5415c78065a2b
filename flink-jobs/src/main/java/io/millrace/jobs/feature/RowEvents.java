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
 * parts: so many questions it asks, and so many answers it waits for. Used by one thread.
 */
final class RowEvents {

    private final List<KeyGroup> groups;

    RowEvents(KeyGroups groups) {
        this.groups = groups.all();
    }

    /** Asks all rows of the event's keys, and then changes those that {@code update} changes. */
    void ask(
            StreamKeys keys,
            long time,
            String id,
            StreamUpdate update,
            Collector<FeatureEvent> out) {
        int part = 0;
        for (KeyGroup group : groups) {
            StreamUpdate taken = group.takes(update) ? update : null;
            for (String key : keys.of(group)) {
                out.collect(event(group, key, time, FeatureEvent.SHOWN, id, part, taken));
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
        for (KeyGroup group : groups) {
            if (group.takes(update)) {
                for (String key : keys.of(group)) {
                    out.collect(
                            event(group, key, time, rank, id, FeatureEvent.NO_QUESTION, update));
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
        for (KeyGroup group : groups) {
            List<byte[]> of = new ArrayList<>();
            for (int i = keys.of(group).size(); i > 0; i--) {
                byte[] row = answers.get(part++);
                if (row == null) {
                    return null;
                }
                of.add(row);
            }
            rows.put(group.id(), of);
        }
        return rows;
    }

    private static FeatureEvent event(
            KeyGroup group,
            String key,
            long time,
            int rank,
            String id,
            int part,
            @Nullable StreamUpdate update) {
        return new FeatureEvent(group.id(), key, time, rank, id, part, update);
    }
}
