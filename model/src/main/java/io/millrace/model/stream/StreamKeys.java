package io.millrace.model.stream;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What stream features read of one event.
 *
 * @param keys by the id of a {@link KeyGroup}, the event's keys; a group without a key is left out
 * @param recorded by field, the texts that {@link StreamFeature.Last} features remember of it; a
 *     field that misses is left out, and so are texts longer than {@link KeyGroup#LONGEST_KEY}
 */
public record StreamKeys(Map<String, List<String>> keys, Map<String, List<String>> recorded) {

    public static final StreamKeys NONE = new StreamKeys(Map.of(), Map.of());

    public StreamKeys {
        keys = Collections.unmodifiableMap(new TreeMap<>(keys));
        recorded = Collections.unmodifiableMap(new TreeMap<>(recorded));
    }

    /** The event's keys of a group; none when a field misses. */
    public List<String> of(KeyGroup group) {
        return keys.getOrDefault(group.id(), List.of());
    }

    public void write(DataOutput out) throws IOException {
        StreamBytes.writeLists(keys, out);
        StreamBytes.writeLists(recorded, out);
    }

    public static StreamKeys read(DataInput in) throws IOException {
        return new StreamKeys(StreamBytes.readLists(in), StreamBytes.readLists(in));
    }
}
