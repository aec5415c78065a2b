package io.millrace.model.config;

import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.feature.Vocabulary;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The way from the entries of {@code features} to {@link FeatureSpec}s. */
final class FeatureReader {

    private static final int LARGEST_DIMENSION = 4096;
    private static final int LONGEST_LIST = 10_000;
    private static final int MOST_BOUNDARIES = 10_000;
    private static final int LONGEST_NAME = 100;
    private static final int FEWEST_CROSSED = 2;
    private static final int MOST_CROSSED = 3;
    private static final int LARGEST_MIN_COUNT = 1_000_000_000;
    private static final Duration LONGEST_TTL = Duration.ofDays(365);
    private static final String RUNNING = "running";

    private FeatureReader() {}

    /** All features, in the order of the file. */
    static List<FeatureSpec> readAll(ConfigNode node) {
        Map<String, FeatureSpec> features = new LinkedHashMap<>();
        Map<String, ConfigNode> entries = node.entries();
        entries.forEach((name, entry) -> features.put(name, read(name, entry)));
        for (FeatureSpec feature : features.values()) {
            if (feature instanceof FeatureSpec.Cross cross) {
                checkCross(cross, features, node.map(cross.name()));
            }
        }
        return List.copyOf(features.values());
    }

    private static FeatureSpec read(String name, ConfigNode node) {
        checkName(name, node);
        return switch (node.choice("type", Type.class)) {
            case CATEGORICAL ->
                    new FeatureSpec.Categorical(
                            name, field(name, node), dimension(node), vocabulary(node));
            case CATEGORICAL_LIST ->
                    new FeatureSpec.CategoricalList(
                            name,
                            field(name, node),
                            dimension(node),
                            node.choice(
                                    "pooling", FeatureSpec.Pooling.class, FeatureSpec.Pooling.MEAN),
                            within(
                                    node,
                                    "max-length",
                                    node.integer("max-length", 50),
                                    LONGEST_LIST),
                            vocabulary(node));
            case BUCKET ->
                    new FeatureSpec.Bucketized(
                            name, field(name, node), dimension(node), boundaries(node));
            case NUMERIC -> numeric(name, field(name, node), node);
            case CYCLIC ->
                    new FeatureSpec.Cyclic(
                            name,
                            field(name, node),
                            node.choice("period", FeatureSpec.Period.class));
            case CROSS ->
                    new FeatureSpec.Cross(
                            name, node.strings("of", List.of()), dimension(node), vocabulary(node));
        };
    }

    private static String field(String name, ConfigNode node) {
        String field = node.string("field", name);
        if (node.has("field")) {
            checkName(field, node);
        }
        return field;
    }

    private static void checkCross(
            FeatureSpec.Cross cross, Map<String, FeatureSpec> features, ConfigNode node) {
        List<String> of = cross.of();
        if (of.size() < FEWEST_CROSSED || of.size() > MOST_CROSSED) {
            throw node.error(
                    "of",
                    "expected the names of "
                            + FEWEST_CROSSED
                            + " or "
                            + MOST_CROSSED
                            + " other features such as [user, item], found "
                            + of.size());
        }
        for (int i = 0; i < of.size(); i++) {
            String name = of.get(i);
            FeatureSpec part = features.get(name);
            if (part == null) {
                throw node.error("of", "there is no feature " + quoted(name, features.keySet()));
            }
            if (of.indexOf(name) < i) {
                throw node.error("of", ConfigNode.quote(name) + " is there twice");
            }
            if (!(part instanceof FeatureSpec.Categorical
                    || part instanceof FeatureSpec.Bucketized)) {
                throw node.error("of", ConfigNode.quote(name) + notCrossable(cross, part));
            }
        }
    }

    private static String notCrossable(FeatureSpec.Cross cross, FeatureSpec part) {
        if (part.equals(cross)) {
            return " is the cross itself; name other features";
        } else if (part instanceof FeatureSpec.Cross) {
            return " is a cross; name the features that it is of";
        } else if (part instanceof FeatureSpec.CategoricalList) {
            return " is a list; only categorical and bucket features can be crossed";
        }
        return " is a number; only categorical and bucket features can be crossed, so declare a"
                + " bucket of it";
    }

    static String quoted(String name, Set<String> names) {
        return ConfigNode.quote(name)
                + NearestName.of(name, names)
                        .map(nearest -> "; did you mean " + ConfigNode.quote(nearest) + "?")
                        .orElse("");
    }

    private static int dimension(ConfigNode node) {
        return within(node, "dimension", node.integer("dimension"), LARGEST_DIMENSION);
    }

    private static Vocabulary vocabulary(ConfigNode node) {
        int minCount = node.integer("min-count", Vocabulary.OPEN.minCount());
        if (minCount < 0 || minCount > LARGEST_MIN_COUNT) {
            throw node.error(
                    "min-count",
                    "expected a whole number from 0 to "
                            + LARGEST_MIN_COUNT
                            + ", found "
                            + minCount);
        }
        if (!node.has("ttl")) {
            return new Vocabulary(minCount, null);
        }
        Duration ttl = node.duration("ttl");
        if (ttl.toMillis() < 1 || ttl.compareTo(LONGEST_TTL) > 0) {
            throw node.error(
                    "ttl",
                    "expected a duration from 1ms to "
                            + LONGEST_TTL.toDays()
                            + "d, found "
                            + node.string("ttl"));
        }
        return new Vocabulary(minCount, ttl);
    }

    private static List<Double> boundaries(ConfigNode node) {
        List<Double> boundaries = node.numbers("boundaries", List.of());
        if (boundaries.isEmpty() || boundaries.size() > MOST_BOUNDARIES) {
            throw node.error(
                    "boundaries",
                    "expected a list of 1 to "
                            + MOST_BOUNDARIES
                            + " ascending numbers such as [18, 25, 35]");
        }
        for (int i = 1; i < boundaries.size(); i++) {
            if (boundaries.get(i - 1) >= boundaries.get(i)) {
                throw node.error(
                        "boundaries",
                        "expected ascending numbers, found "
                                + boundaries.get(i)
                                + " after "
                                + boundaries.get(i - 1));
            }
        }
        return boundaries;
    }

    private static FeatureSpec numeric(String name, String field, ConfigNode node) {
        double min = Double.NEGATIVE_INFINITY;
        double max = Double.POSITIVE_INFINITY;
        if (node.has("clip")) {
            List<Double> clip = node.numbers("clip", List.of());
            if (clip.size() != 2 || clip.get(0) >= clip.get(1)) {
                throw node.error("clip", "expected [min, max] with min less than max");
            }
            min = clip.get(0);
            max = clip.get(1);
        }
        double mean = 0;
        double deviation = 1;
        boolean running = node.isText("standardize");
        if (running) {
            requireRunning(node);
        } else if (node.has("standardize")) {
            ConfigNode standardize = node.map("standardize");
            mean = standardize.number("mean");
            deviation = standardize.number("deviation");
            if (deviation <= 0) {
                throw standardize.error("deviation", "must be greater than 0, found " + deviation);
            }
        }
        boolean log = node.bool("log", false);
        return new FeatureSpec.Numeric(name, field, log, min, max, mean, deviation, running);
    }

    private static void requireRunning(ConfigNode node) {
        String text = node.string("standardize");
        if (!text.equals(RUNNING)) {
            throw node.error(
                    "standardize",
                    "expected "
                            + RUNNING
                            + " or {mean: ..., deviation: ...}, found "
                            + ConfigNode.quote(text));
        }
    }

    private static int within(ConfigNode node, String key, int value, int max) {
        if (value < 1 || value > max) {
            throw node.error(key, "expected a whole number from 1 to " + max + ", found " + value);
        }
        return value;
    }

    static void checkName(String name, ConfigNode node) {
        boolean visible = name.codePoints().allMatch(FeatureReader::isVisible);
        if (name.isBlank() || name.length() > LONGEST_NAME || !visible) {
            throw node.error(
                    "a feature's name and field must have 1 to "
                            + LONGEST_NAME
                            + " printable characters");
        }
    }

    /** What every reader of YAML and JSON takes unescaped. */
    private static boolean isVisible(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            default -> true;
        };
    }

    private enum Type {
        CATEGORICAL,
        CATEGORICAL_LIST,
        NUMERIC,
        BUCKET,
        CYCLIC,
        CROSS
    }
}
