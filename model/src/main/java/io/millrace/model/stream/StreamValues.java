package io.millrace.model.stream;

import io.millrace.model.ModelSpec;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.feature.InvalidEventException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The way from rows to the values of a model's stream features and profile fields at an instant:
 * the one definition that training and scoring share.
 *
 * <p>A key that misses makes a missing value. A key without events has the count 0, the prior as
 * its mean, no last values, and nothing since the last event. Several keys, which a list makes,
 * have the mean of their values, and their last values one after another. Where the key of a prior
 * misses, that feature's own prior takes its place.
 */
public final class StreamValues {

    private final List<KeyGroup> groups = new ArrayList<>();
    private final List<Derived> derived = new ArrayList<>();

    /**
     * @param groups of this model, perhaps among others
     * @throws IllegalArgumentException when a prior is no mean, or leads back to its feature
     */
    public StreamValues(ModelSpec spec, KeyGroups groups) {
        StreamSpec stream = spec.stream();
        Map<String, Mean> means = new HashMap<>();
        for (StreamFeature feature : stream.features()) {
            derived.add(
                    feature instanceof StreamFeature.Mean mean
                            ? mean(mean, stream, groups, means, 0)
                            : one(feature, groups));
        }
        for (Profile profile : stream.profiles()) {
            int group = index(groups, KeyGroup.profileId(profile.name()));
            profileFields(spec, profile)
                    .forEach(
                            field ->
                                    derived.add(
                                            new ProfileField(
                                                    profile.prefix() + field, field, group)));
        }
    }

    /**
     * The values by field; one that misses is null.
     *
     * @param rows by the id of a group, the bytes of a row for each of the example's keys in the
     *     order of {@link StreamKeys#of}, no bytes for a key without a row; a group without a key
     *     may be left out
     * @param instant milliseconds since the epoch; no row has an update that is after it, except
     *     late ones, which count as if they had just happened
     * @throws DamagedRowException when the bytes are no row
     */
    public Map<String, Object> of(Map<String, List<byte[]>> rows, long instant) {
        KeyRow[][] read = new KeyRow[groups.size()][];
        for (int g = 0; g < read.length; g++) {
            KeyGroup group = groups.get(g);
            read[g] =
                    rows.getOrDefault(group.id(), List.of()).stream()
                            .map(bytes -> KeyRow.decode(group, bytes))
                            .toArray(KeyRow[]::new);
        }
        return values(read, instant, null);
    }

    /** The values for the candidates of a request. */
    public RequestValues request(
            FeatureLookup lookup, String user, Map<String, Object> features, long timestamp)
            throws InvalidEventException {
        return new RequestValues(this, lookup, user, features, timestamp);
    }

    /** The groups that this model reads. */
    List<KeyGroup> groups() {
        return groups;
    }

    /**
     * @param rows by group and key
     * @param changed which groups' rows the values must depend on; null for all values
     */
    Map<String, Object> values(KeyRow[][] rows, long instant, boolean @Nullable [] changed) {
        Map<String, Object> values = new HashMap<>();
        for (Derived one : derived) {
            if (changed == null || one.dependsOn(changed)) {
                values.put(one.field(), one.value(rows, instant));
            }
        }
        return values;
    }

    private Mean mean(
            StreamFeature.Mean feature,
            StreamSpec stream,
            KeyGroups all,
            Map<String, Mean> means,
            int depth) {
        Mean known = means.get(feature.name());
        if (known != null) {
            return known;
        }
        if (depth > stream.features().size()) {
            throw new IllegalArgumentException(
                    "the prior of " + feature.name() + " leads back to itself");
        }
        String priorOf = feature.priorOf();
        Mean prior =
                priorOf == null
                        ? null
                        : mean(named(priorOf, stream), stream, all, means, depth + 1);
        Mean mean =
                new Mean(
                        feature.name(),
                        index(all, KeyGroup.id(feature.by())),
                        position(feature, all),
                        feature.prior(),
                        prior,
                        feature.strength());
        means.put(feature.name(), mean);
        return mean;
    }

    private static StreamFeature.Mean named(String name, StreamSpec stream) {
        for (StreamFeature feature : stream.features()) {
            if (feature.name().equals(name) && feature instanceof StreamFeature.Mean mean) {
                return mean;
            }
        }
        throw new IllegalArgumentException("there is no mean " + name + " to be a prior");
    }

    private One one(StreamFeature feature, KeyGroups all) {
        return new One(feature, index(all, KeyGroup.id(feature.by())), position(feature, all));
    }

    private static int position(StreamFeature feature, KeyGroups all) {
        return group(all, KeyGroup.id(feature.by()))
                .position(KeyGroups.empty(feature).definition());
    }

    private int index(KeyGroups all, String id) {
        KeyGroup group = group(all, id);
        if (!groups.contains(group)) {
            groups.add(group);
        }
        return groups.indexOf(group);
    }

    private static KeyGroup group(KeyGroups all, String id) {
        KeyGroup group = all.get(id);
        if (group == null) {
            throw new IllegalArgumentException("the groups lack " + id);
        }
        return group;
    }

    /** The fields of a profile that features read, without the profile's name. */
    private static List<String> profileFields(ModelSpec spec, Profile profile) {
        return spec.features().stream()
                .filter(FeatureSpec.OfField.class::isInstance)
                .map(feature -> ((FeatureSpec.OfField) feature).field())
                .filter(field -> field.startsWith(profile.prefix()))
                .map(field -> field.substring(profile.prefix().length()))
                .distinct()
                .toList();
    }

    /** A field, and how its value is made of rows. */
    private sealed interface Derived {
        String field();

        int group();

        @Nullable Object value(KeyRow[][] rows, long instant);

        default boolean dependsOn(boolean[] changed) {
            return changed[group()];
        }
    }

    /**
     * A mean label.
     *
     * @param position of its accumulator in the group's rows
     * @param constant the prior where {@code prior} is null
     */
    private record Mean(
            String field,
            int group,
            int position,
            double constant,
            @Nullable Mean prior,
            double strength)
            implements Derived {

        @Override
        public @Nullable Object value(KeyRow[][] rows, long instant) {
            return rows[group].length == 0 ? null : (Double) smoothed(rows, instant);
        }

        @Override
        public boolean dependsOn(boolean[] changed) {
            return changed[group] || prior != null && prior.dependsOn(changed);
        }

        private double smoothed(KeyRow[][] rows, long instant) {
            double towards = prior == null ? constant : prior.smoothed(rows, instant);
            return rows[group].length == 0
                    ? towards
                    : average(
                            rows[group],
                            row -> ((LabelSums) row.at(position)).mean(towards, strength, instant));
        }
    }

    /** Any other stream feature. */
    private record One(StreamFeature feature, int group, int position) implements Derived {

        @Override
        public String field() {
            return feature.name();
        }

        @Override
        public @Nullable Object value(KeyRow[][] rows, long instant) {
            KeyRow[] keys = rows[group];
            if (keys.length == 0) {
                return null;
            } else if (feature instanceof StreamFeature.Count) {
                return average(keys, row -> ((EventCount) row.at(position)).count());
            } else if (feature instanceof StreamFeature.DecayedCount) {
                return average(keys, row -> ((DecayedEventCount) row.at(position)).at(instant));
            } else if (feature instanceof StreamFeature.SinceLast) {
                return since(keys, instant);
            } else if (feature instanceof StreamFeature.Last last) {
                return last(keys, last.length());
            }
            throw new IllegalArgumentException("unknown stream feature " + feature);
        }

        private @Nullable Double since(KeyRow[] keys, long instant) {
            double sum = 0;
            int known = 0;
            for (KeyRow row : keys) {
                Double seconds = ((LastTime) row.at(position)).secondsBefore(instant);
                if (seconds != null) {
                    sum += seconds;
                    known++;
                }
            }
            return known == 0 ? null : (Double) (sum / known);
        }

        private List<String> last(KeyRow[] keys, int length) {
            List<String> texts = new ArrayList<>();
            for (KeyRow row : keys) {
                List<String> of = ((LastTexts) row.at(position)).texts();
                texts.addAll(of.subList(Math.max(0, of.size() - length), of.size()));
            }
            return texts;
        }
    }

    /**
     * A field of a profile.
     *
     * @param name in the profile
     */
    private record ProfileField(String field, String name, int group) implements Derived {

        /** Of several keys, the values of the first that has one. */
        @Override
        public @Nullable Object value(KeyRow[][] rows, long instant) {
            return Arrays.stream(rows[group])
                    .map(row -> ((ProfileValues) row.at(0)).values().get(name))
                    .filter(value -> value != null)
                    .findFirst()
                    .orElse(null);
        }
    }

    private static double average(KeyRow[] keys, ToDoubleFunction<KeyRow> value) {
        double sum = 0;
        for (KeyRow row : keys) {
            sum += value.applyAsDouble(row);
        }
        return sum / keys.length;
    }
}
