package io.millrace.model.stream;

import io.millrace.model.feature.InvalidEventException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The values of stream features and profile fields for the candidates of one request. What
 * candidates share is looked up once. For one thread.
 */
public final class RequestValues {

    private final StreamValues values;
    private final FeatureLookup lookup;
    private final EventFields request;
    private final long timestamp;

    /** By group and key; no keys where the candidate decides. */
    private final KeyRow[][] shared;

    private final Map<String, Object> common;

    RequestValues(
            StreamValues values,
            FeatureLookup lookup,
            String user,
            Map<String, Object> features,
            long timestamp)
            throws InvalidEventException {
        this.values = values;
        this.lookup = lookup;
        this.timestamp = timestamp;
        request = new EventFields(user, null, features, Map.of());
        List<KeyGroup> groups = values.groups();
        shared = new KeyRow[groups.size()][];
        for (int g = 0; g < shared.length; g++) {
            shared[g] = rows(groups.get(g), request);
        }
        common = values.values(shared, timestamp, null);
    }

    /**
     * What a candidate has that says nothing of its own, not even its item; null where it misses.
     */
    public Map<String, Object> common() {
        return common;
    }

    /**
     * The values that a candidate does not share; null where one misses.
     *
     * @param overriding the candidate's own features, which win over the request's
     * @throws InvalidEventException naming the field, what was found and what is expected
     */
    public Map<String, Object> own(@Nullable String item, Map<String, Object> overriding)
            throws InvalidEventException {
        EventFields candidate =
                new EventFields(request.user(), item, request.features(), overriding);
        List<KeyGroup> groups = values.groups();
        KeyRow[][] rows = shared.clone();
        boolean[] changed = new boolean[rows.length];
        for (int g = 0; g < rows.length; g++) {
            if (isOwn(groups.get(g), item, overriding)) {
                rows[g] = rows(groups.get(g), candidate);
                changed[g] = true;
            }
        }
        return values.values(rows, timestamp, changed);
    }

    private static boolean isOwn(
            KeyGroup group, @Nullable String item, Map<String, Object> overriding) {
        for (String field : group.by()) {
            if (field.equals("item") ? item != null : overriding.containsKey(field)) {
                return true;
            }
        }
        return false;
    }

    private KeyRow[] rows(KeyGroup group, EventFields event) throws InvalidEventException {
        List<String> keys = group.keys(event);
        KeyRow[] rows = new KeyRow[keys.size()];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = KeyRow.decode(group, lookup.row(group.id(), keys.get(i)));
        }
        return rows;
    }
}
