package io.millrace.model.stream;

import io.millrace.model.ModelSpec;
import io.millrace.model.config.ConfigNode;
import io.millrace.model.config.ModelSpecReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Models with stream features, and the rows of their keys as a training job would keep them. */
public final class Streams {

    private final KeyGroups groups;
    private final Map<String, Map<String, byte[]>> rows = new HashMap<>();

    public Streams(ModelSpec spec) {
        groups = KeyGroups.of(spec.stream());
    }

    /**
     * @param objective such as {@code {type: click}}
     * @param parts entries of {@code features}, and what stands beside them
     */
    public static ModelSpec spec(String objective, String features, String parts) {
        return ModelSpecReader.read(
                ConfigNode.parse(
                        "model: streams\n"
                                + "objective: "
                                + objective
                                + "\nfeatures:\n  user: {type: categorical, dimension: 2}\n"
                                + features.indent(2)
                                + parts
                                + "architecture: {type: dcn-v2}\n"
                                + "optimizers: {embedding: {type: sgd}, dense: {type: sgd}}\n",
                        "streams.yaml"));
    }

    public KeyGroups groups() {
        return groups;
    }

    /** Applies an update to the event's key of each group that takes it. */
    public void apply(StreamUpdate update, StreamKeys keys) {
        for (KeyGroup group : groups.all()) {
            if (group.profile() == null && group.takes(update)) {
                keys.of(group).forEach(key -> apply(update, group, key));
            }
        }
    }

    public void profile(String profile, String key, long time, Map<String, Object> values) {
        KeyGroup group = groups.get(KeyGroup.profileId(profile));
        if (group == null) {
            throw new IllegalArgumentException(profile);
        }
        apply(StreamUpdate.profiled(time, values), group, key);
    }

    /** The rows of an event's keys, as an example's answers hold them. */
    public Map<String, List<byte[]>> of(StreamKeys keys) {
        Map<String, List<byte[]>> answers = new HashMap<>();
        for (KeyGroup group : groups.all()) {
            List<byte[]> answer = new ArrayList<>();
            keys.of(group).forEach(key -> answer.add(row(group.id(), key)));
            answers.put(group.id(), answer);
        }
        return answers;
    }

    public FeatureTable table() {
        FeatureTable table = new FeatureTable();
        rows.forEach((group, ofKeys) -> ofKeys.forEach((key, row) -> table.put(group, key, row)));
        return table;
    }

    /** A group by its id, which must be there. */
    static KeyGroup group(KeyGroups groups, String id) {
        @Nullable KeyGroup group = groups.get(id);
        if (group == null) {
            throw new IllegalArgumentException(id);
        }
        return group;
    }

    private void apply(StreamUpdate update, KeyGroup group, String key) {
        KeyRow row = KeyRow.decode(group, row(group.id(), key)).after(update);
        rows.computeIfAbsent(group.id(), id -> new HashMap<>()).put(key, row.encode());
    }

    private byte[] row(String group, String key) {
        return rows.getOrDefault(group, Map.of()).getOrDefault(key, new byte[0]);
    }
}
