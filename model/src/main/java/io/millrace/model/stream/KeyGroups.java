package io.millrace.model.stream;

import io.millrace.model.feature.InvalidEventException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * All that is kept for the stream features and profiles of one model or several.
 *
 * <p>What is kept goes by definition, not by name: features of several models that differ in name,
 * prior, strength or length share it.
 */
public final class KeyGroups {

    private final Map<String, KeyGroup> groups = new LinkedHashMap<>();
    private final Set<String> recordedFields = new TreeSet<>();

    private KeyGroups() {}

    public static KeyGroups of(StreamSpec spec) {
        return of(List.of(spec));
    }

    /**
     * @throws IllegalArgumentException when two of them declare a profile by different fields
     */
    public static KeyGroups of(Collection<StreamSpec> specs) {
        KeyGroups all = new KeyGroups();
        Map<List<String>, Map<String, Accumulator>> kept = new LinkedHashMap<>();
        for (StreamSpec spec : specs) {
            for (StreamFeature feature : spec.features()) {
                Accumulator empty = empty(feature);
                kept.computeIfAbsent(feature.by(), by -> new TreeMap<>())
                        .merge(empty.definition(), empty, Accumulator::or);
                if (feature instanceof StreamFeature.Last last) {
                    all.recordedFields.add(last.field());
                }
            }
        }
        kept.forEach((by, accumulators) -> all.add(by(by, accumulators)));
        for (StreamSpec spec : specs) {
            spec.profiles().forEach(profile -> all.add(KeyGroup.of(profile)));
        }
        return all;
    }

    /** In a fixed order. */
    public List<KeyGroup> all() {
        return List.copyOf(groups.values());
    }

    /** The group of this id; null when nothing is kept for it, as after a change of the file. */
    public @Nullable KeyGroup get(String id) {
        return groups.get(id);
    }

    /**
     * What is read of an event. A profile's group takes part like any other.
     *
     * @param features values by field: null, Long, Double, Boolean, CharSequence or a List of texts
     * @throws InvalidEventException naming the field, what was found and what is expected
     */
    public StreamKeys keys(String user, @Nullable String item, Map<String, Object> features)
            throws InvalidEventException {
        EventFields event = new EventFields(user, item, features, Map.of());
        Map<String, List<String>> keys = new TreeMap<>();
        for (KeyGroup group : groups.values()) {
            List<String> of = group.keys(event);
            if (!of.isEmpty()) {
                keys.put(group.id(), of);
            }
        }
        Map<String, List<String>> recorded = new TreeMap<>();
        for (String field : recordedFields) {
            Object value = event.value(field);
            List<String> texts = value == null ? List.of() : remembered(field, value);
            if (!texts.isEmpty()) {
                recorded.put(field, texts);
            }
        }
        return new StreamKeys(keys, recorded);
    }

    /** Without texts that are longer than keys may be. */
    private static List<String> remembered(String field, Object value)
            throws InvalidEventException {
        return EventFields.texts(field, value).stream()
                .filter(text -> text.length() <= KeyGroup.LONGEST_KEY)
                .toList();
    }

    /** What is kept for a feature of a key without events. */
    static Accumulator empty(StreamFeature feature) {
        if (feature instanceof StreamFeature.Count count) {
            return new EventCount(count.of());
        } else if (feature instanceof StreamFeature.DecayedCount count) {
            return new DecayedEventCount(count.of(), count.halfLife().toMillis());
        } else if (feature instanceof StreamFeature.Mean mean) {
            return new LabelSums(mean.halfLife() == null ? 0 : mean.halfLife().toMillis());
        } else if (feature instanceof StreamFeature.SinceLast since) {
            return new LastTime(since.of());
        } else if (feature instanceof StreamFeature.Last last) {
            return new LastTexts(last.of(), last.field(), last.length());
        }
        throw new IllegalArgumentException("unknown stream feature " + feature);
    }

    private static KeyGroup by(List<String> fields, Map<String, Accumulator> accumulators) {
        return KeyGroup.by(fields, new ArrayList<>(accumulators.values()));
    }

    private void add(KeyGroup group) {
        KeyGroup same = groups.putIfAbsent(group.id(), group);
        if (same != null && !same.by().equals(group.by())) {
            throw new IllegalArgumentException(
                    "the profile "
                            + group.profile()
                            + " is by "
                            + same.by().get(0)
                            + " for one model and by "
                            + group.by().get(0)
                            + " for another; expected the same field, or another name");
        }
    }
}
