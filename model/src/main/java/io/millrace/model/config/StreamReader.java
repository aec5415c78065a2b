package io.millrace.model.config;

import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.loss.Objective;
import io.millrace.model.stream.Profile;
import io.millrace.model.stream.StreamFeature;
import io.millrace.model.stream.StreamFeature.Occasion;
import io.millrace.model.stream.StreamSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The way from {@code stream-features} and {@code profiles} to a {@link StreamSpec}. */
final class StreamReader {

    private static final Set<String> EVENT_FIELDS = Set.of("user", "item", "timestamp");
    private static final Duration LONGEST_HALF_LIFE = Duration.ofDays(365);
    private static final double MOST_STRENGTH = 1e9;
    private static final int LONGEST_LAST = 1000;
    private static final int MOST_FIELDS = 3;

    private final ConfigNode features;
    private final ConfigNode profiles;
    private final Objective objective;
    private final Map<String, StreamFeature> read = new LinkedHashMap<>();
    private final Map<String, Profile> readProfiles = new LinkedHashMap<>();

    private StreamReader(ConfigNode root, Objective objective) {
        features = root.mapOrEmpty("stream-features");
        profiles = root.mapOrEmpty("profiles");
        this.objective = objective;
    }

    /**
     * @param root of the pipeline file
     * @param readers the model's features, which read the fields
     */
    static StreamSpec read(ConfigNode root, Objective objective, List<FeatureSpec> readers) {
        return new StreamReader(root, objective).read(readers);
    }

    private StreamSpec read(List<FeatureSpec> readers) {
        profiles.entries().keySet().forEach(this::checkProfileName);
        features.entries().keySet().forEach(this::checkName);
        profiles.entries()
                .forEach((name, node) -> readProfiles.put(name, new Profile(name, by(node))));
        features.entries().forEach((name, node) -> read.put(name, feature(name, node)));
        for (StreamFeature feature : read.values()) {
            if (feature instanceof StreamFeature.Mean mean) {
                checkPrior(mean);
            }
        }
        readers.forEach(this::checkReader);
        checkAllAreRead(readers);
        return new StreamSpec(List.copyOf(read.values()), List.copyOf(readProfiles.values()));
    }

    private StreamFeature feature(String name, ConfigNode node) {
        return switch (node.choice("type", Type.class)) {
            case COUNT -> new StreamFeature.Count(name, byFields(node), occasion(node));
            case DECAYED_COUNT ->
                    new StreamFeature.DecayedCount(
                            name, byFields(node), occasion(node), halfLife(node));
            case MEAN -> mean(name, node);
            case SINCE_LAST -> new StreamFeature.SinceLast(name, byFields(node), occasion(node));
            case LAST ->
                    new StreamFeature.Last(
                            name,
                            byFields(node),
                            occasion(node),
                            eventField("field", node.string("field", "item"), node),
                            length(node));
        };
    }

    private StreamFeature mean(String name, ConfigNode node) {
        List<String> by = byFields(node);
        String prior = node.string("prior");
        Double constant = Quantities.number(prior).orElse(null);
        double strength = node.number("strength", 1);
        if (strength <= 0 || strength > MOST_STRENGTH) {
            throw node.error(
                    "strength",
                    "expected a number above 0 and up to 1e9: how many labels the prior is worth;"
                            + " found "
                            + strength);
        }
        return new StreamFeature.Mean(
                name,
                by,
                constant == null ? 0 : constant,
                constant == null ? prior : null,
                strength,
                node.has("half-life") ? halfLife(node) : null);
    }

    // -- values

    /** One field, or a list of them. */
    private List<String> byFields(ConfigNode node) {
        List<String> by =
                node.isText("by") ? List.of(node.string("by")) : node.strings("by", List.of());
        if (by.isEmpty() || by.size() > MOST_FIELDS) {
            throw node.error(
                    "by",
                    "expected a field of events such as user, or a list of up to "
                            + MOST_FIELDS
                            + " such as [user, genres]");
        }
        Set<String> seen = new LinkedHashSet<>();
        for (String field : by) {
            eventField("by", field, node);
            if (!seen.add(field)) {
                throw node.error("by", ConfigNode.quote(field) + " is there twice");
            }
        }
        return by;
    }

    private String by(ConfigNode node) {
        return eventField("by", node.string("by"), node);
    }

    /** A field that events have, which is where keys and remembered values come from. */
    private String eventField(String key, String field, ConfigNode node) {
        FeatureReader.checkName(field, node);
        if (field.equals("timestamp")) {
            throw node.error(key, "a time is no value to keep anything by; expected another field");
        }
        if (features.entries().containsKey(field)) {
            throw node.error(
                    key,
                    ConfigNode.quote(field)
                            + " is itself computed from the stream; expected user, item, or a"
                            + " field of events");
        }
        for (String profile : profiles.entries().keySet()) {
            if (field.startsWith(profile + ".")) {
                throw node.error(
                        key,
                        ConfigNode.quote(field)
                                + " comes from the profile "
                                + ConfigNode.quote(profile)
                                + "; expected user, item, or a field of events");
            }
        }
        return field;
    }

    private Occasion occasion(ConfigNode node) {
        Occasion occasion = node.choice("of", Occasion.class);
        boolean ratings = objective instanceof Objective.Rating;
        if (ratings != (occasion == Occasion.RATING)) {
            throw node.error(
                    "of",
                    ratings
                            ? "the objective rating learns from ratings alone; expected rating"
                            : "the objective click learns from impressions and clicks; expected"
                                    + " impression or click");
        }
        return occasion;
    }

    private static Duration halfLife(ConfigNode node) {
        Duration halfLife = node.duration("half-life");
        if (halfLife.toMillis() < 1 || halfLife.compareTo(LONGEST_HALF_LIFE) > 0) {
            throw node.error(
                    "half-life",
                    "expected a duration from 1ms to "
                            + LONGEST_HALF_LIFE.toDays()
                            + "d, found "
                            + halfLife.toMillis()
                            + "ms");
        }
        return halfLife;
    }

    private static int length(ConfigNode node) {
        int length = node.integer("length", 20);
        if (length < 1 || length > LONGEST_LAST) {
            throw node.error(
                    "length",
                    "expected a whole number from 1 to " + LONGEST_LAST + ", found " + length);
        }
        return length;
    }

    // -- names

    private void checkProfileName(String name) {
        ConfigNode node = profiles.map(name);
        FeatureReader.checkName(name, node);
        if (name.contains(".")) {
            throw node.error(
                    "a profile's name has no dot, since "
                            + ConfigNode.quote("name.field")
                            + " is how its fields are read");
        }
    }

    private void checkName(String name) {
        ConfigNode node = features.map(name);
        FeatureReader.checkName(name, node);
        if (EVENT_FIELDS.contains(name)) {
            throw node.error(
                    "every event has a field " + ConfigNode.quote(name) + "; choose another name");
        }
        for (String profile : profiles.entries().keySet()) {
            if (name.startsWith(profile + ".")) {
                throw node.error(
                        "the fields of the profile "
                                + ConfigNode.quote(profile)
                                + " begin like this; choose another name");
            }
        }
    }

    // -- how they fit together

    private void checkPrior(StreamFeature.Mean mean) {
        ConfigNode node = features.map(mean.name());
        Set<String> chain = new LinkedHashSet<>(Set.of(mean.name()));
        for (String prior = mean.priorOf(); prior != null; prior = priorOf(prior)) {
            StreamFeature named = read.get(prior);
            if (named == null) {
                throw node.error(
                        "prior",
                        "expected a number, or the name of another mean; there is no stream feature "
                                + FeatureReader.quoted(prior, read.keySet()));
            }
            if (!(named instanceof StreamFeature.Mean)) {
                throw node.error(
                        "prior",
                        ConfigNode.quote(prior) + " is no mean; expected one, or a number");
            }
            if (!chain.add(prior)) {
                throw node.error(
                        "prior",
                        String.join(" -> ", chain)
                                + " -> "
                                + prior
                                + " goes round in a circle; expected a number at its end");
            }
        }
    }

    private @Nullable String priorOf(String name) {
        return read.get(name) instanceof StreamFeature.Mean mean ? mean.priorOf() : null;
    }

    /** What a stream feature gives must be what its reader takes. */
    private void checkReader(FeatureSpec reader) {
        StreamFeature feature =
                reader instanceof FeatureSpec.OfField one ? read.get(one.field()) : null;
        if (feature == null) {
            return;
        }
        boolean texts = feature instanceof StreamFeature.Last;
        boolean fits =
                texts
                        ? reader instanceof FeatureSpec.CategoricalList
                        : reader instanceof FeatureSpec.Numeric
                                || reader instanceof FeatureSpec.Bucketized;
        if (!fits) {
            throw features.map(feature.name())
                    .error(
                            texts
                                    ? "it is a list, so the feature "
                                            + ConfigNode.quote(reader.name())
                                            + " that reads it must be a categorical-list"
                                    : "it is a number, so the feature "
                                            + ConfigNode.quote(reader.name())
                                            + " that reads it must be numeric or a bucket");
        }
    }

    /** What nothing reads is a slip of the pen in one place or the other. */
    private void checkAllAreRead(List<FeatureSpec> readers) {
        Set<String> fields = new LinkedHashSet<>();
        for (FeatureSpec reader : readers) {
            if (reader instanceof FeatureSpec.OfField one) {
                fields.add(one.field());
            }
        }
        Set<String> priors = new LinkedHashSet<>();
        read.keySet().stream()
                .flatMap(name -> Stream.ofNullable(priorOf(name)))
                .forEach(priors::add);
        for (String name : read.keySet()) {
            if (!fields.contains(name) && !priors.contains(name)) {
                throw features.map(name).error(unread("it", "field: " + name, name, fields));
            }
        }
        for (String profile : readProfiles.keySet()) {
            if (fields.stream().noneMatch(field -> field.startsWith(profile + "."))) {
                throw profiles.map(profile)
                        .error(
                                unread(
                                        "one of its fields",
                                        "field: " + profile + ".age",
                                        profile + ".",
                                        fields));
            }
        }
    }

    private static String unread(String what, String example, String name, Set<String> fields) {
        List<String> others = new ArrayList<>(fields);
        others.removeAll(EVENT_FIELDS);
        return "no feature reads "
                + what
                + "; expected one under features with \""
                + example
                + '"'
                + NearestName.of(name, others)
                        .map(near -> ", or does " + ConfigNode.quote(near) + " mean it?")
                        .orElse("");
    }

    private enum Type {
        COUNT,
        DECAYED_COUNT,
        MEAN,
        SINCE_LAST,
        LAST
    }
}
