package io.millrace.model.config;

import io.millrace.model.feature.FeatureSpec;
import java.util.List;

/** The way from one entry of {@code features} to a {@link FeatureSpec}. */
final class FeatureReader {

    private static final int LARGEST_DIMENSION = 4096;
    private static final int LONGEST_LIST = 10_000;
    private static final int MOST_BOUNDARIES = 10_000;
    private static final int LONGEST_NAME = 100;

    private FeatureReader() {}

    static FeatureSpec read(String name, ConfigNode node) {
        checkName(name, node);
        Type type = node.choice("type", Type.class);
        String field = node.string("field", name);
        if (node.has("field")) {
            checkName(field, node);
        }
        return switch (type) {
            case CATEGORICAL -> new FeatureSpec.Categorical(name, field, dimension(node));
            case CATEGORICAL_LIST ->
                    new FeatureSpec.CategoricalList(
                            name,
                            field,
                            dimension(node),
                            node.choice(
                                    "pooling", FeatureSpec.Pooling.class, FeatureSpec.Pooling.MEAN),
                            within(
                                    node,
                                    "max-length",
                                    node.integer("max-length", 50),
                                    LONGEST_LIST));
            case BUCKET ->
                    new FeatureSpec.Bucketized(name, field, dimension(node), boundaries(node));
            case NUMERIC -> numeric(name, field, node);
            case CYCLIC ->
                    new FeatureSpec.Cyclic(
                            name, field, node.choice("period", FeatureSpec.Period.class));
        };
    }

    private static int dimension(ConfigNode node) {
        return within(node, "dimension", node.integer("dimension"), LARGEST_DIMENSION);
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
        if (node.has("standardize")) {
            ConfigNode standardize = node.map("standardize");
            mean = standardize.number("mean");
            deviation = standardize.number("deviation");
            if (deviation <= 0) {
                throw standardize.error("deviation", "must be greater than 0, found " + deviation);
            }
        }
        boolean log = node.bool("log", false);
        return new FeatureSpec.Numeric(name, field, log, min, max, mean, deviation);
    }

    private static int within(ConfigNode node, String key, int value, int max) {
        if (value < 1 || value > max) {
            throw node.error(key, "expected a whole number from 1 to " + max + ", found " + value);
        }
        return value;
    }

    private static void checkName(String name, ConfigNode node) {
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
        CYCLIC
    }
}
