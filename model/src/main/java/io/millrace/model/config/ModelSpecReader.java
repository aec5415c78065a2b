package io.millrace.model.config;

import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.Architecture;
import io.millrace.model.architecture.Architectures;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.DenseLayout;
import io.millrace.model.parameter.Optimizers;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.stream.StreamSpec;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The way from a configuration's model part to a {@link ModelSpec}.
 *
 * <p>It reads only its own keys; the caller ends with {@link ConfigNode#rejectUnknown}.
 */
public final class ModelSpecReader {

    private static final long DEFAULT_SEED = 42;
    private static final int LONGEST_NAME = 100;
    private static final int MOST_SLOTS = ParameterKey.MAX_SLOTS - 1;
    private static final Pattern MODEL_NAME = Pattern.compile("[a-z0-9][a-z0-9._-]*");

    private ModelSpecReader() {}

    /**
     * Reads {@code model}, {@code seed}, {@code objective}, {@code features}, {@code
     * stream-features}, {@code profiles}, {@code architecture} and {@code optimizers}.
     *
     * @throws ConfigException when something is missing, out of range, or does not fit together
     */
    public static ModelSpec read(ConfigNode node) {
        String name = name(node);
        long seed = node.longNumber("seed", DEFAULT_SEED);
        Objective objective = objective(node.map("objective"));
        List<FeatureSpec> features = features(node);
        StreamSpec stream = StreamReader.read(node, objective, features);
        Architecture architecture = Architectures.read(node.map("architecture"));
        ConfigNode optimizers = node.map("optimizers");
        ModelSpec spec =
                new ModelSpec(
                        name,
                        objective,
                        features,
                        architecture,
                        Optimizers.read(optimizers.map("embedding")),
                        Optimizers.read(optimizers.map("dense")),
                        seed,
                        stream);
        checkFits(spec, node);
        return spec;
    }

    /** A name that can be a folder and a record key. */
    private static String name(ConfigNode node) {
        String name = node.string("model");
        if (!MODEL_NAME.matcher(name).matches() || name.length() > LONGEST_NAME) {
            throw node.error(
                    "model",
                    "expected a name of at most "
                            + LONGEST_NAME
                            + " lower-case letters, digits, dots, dashes and underscores that"
                            + " starts with a letter or digit, found "
                            + ConfigNode.quote(name));
        }
        return name;
    }

    private static Objective objective(ConfigNode node) {
        return switch (node.choice("type", ObjectiveType.class)) {
            case CLICK -> click(node);
            case RATING -> rating(node);
        };
    }

    private static Objective click(ConfigNode node) {
        double sampling = node.number("negative-sampling", 1);
        if (!(sampling > 0 && sampling <= 1)) {
            throw node.error(
                    "negative-sampling",
                    "expected the share of negatives that are learned, more than 0 and at most 1,"
                            + " found "
                            + sampling);
        }
        return new Objective.Click(sampling);
    }

    private static Objective rating(ConfigNode node) {
        double min = node.number("min");
        double max = node.number("max");
        if (min >= max) {
            throw node.error("min (" + min + ") must be less than max (" + max + ")");
        }
        return new Objective.Rating(min, max);
    }

    private static List<FeatureSpec> features(ConfigNode node) {
        List<FeatureSpec> features = FeatureReader.readAll(node.map("features"));
        long sparse = features.stream().filter(FeatureSpec.Sparse.class::isInstance).count();
        if (sparse == 0) {
            throw node.error(
                    "features",
                    "at least one categorical, categorical-list or bucket feature is needed");
        }
        long running = features.stream().filter(ModelSpecReader::isRunning).count();
        if (sparse + running > MOST_SLOTS) {
            throw node.error(
                    "features",
                    "at most "
                            + MOST_SLOTS
                            + " categorical, categorical-list, bucket and cross features, and"
                            + " numbers with standardize: running, are possible, found "
                            + (sparse + running));
        }
        return features;
    }

    private static boolean isRunning(FeatureSpec feature) {
        return feature instanceof FeatureSpec.Numeric numeric && numeric.running();
    }

    /** Lays the network out once, since only that shows whether it fits the features. */
    private static void checkFits(ModelSpec spec, ConfigNode node) {
        if (spec.architecture().batchLoss().isPresent()
                && spec.objective() instanceof Objective.Click click
                && click.negativeSampling() < 1) {
            throw node.map("objective")
                    .error(
                            "negative-sampling",
                            "the loss of "
                                    + spec.architecture().type()
                                    + " learns from positives alone, so that nothing corrects for"
                                    + " dropped negatives; leave negative-sampling out");
        }
        try {
            spec.architecture().requireFit(spec.objective(), spec.features());
            new DenseLayout(spec.architecture().tensors(spec.inputShape()));
        } catch (IllegalArgumentException e) {
            throw node.error("architecture", String.valueOf(e.getMessage()));
        } catch (ArithmeticException e) {
            throw node.error("architecture", "the network has more weights than an array can hold");
        }
    }

    private enum ObjectiveType {
        CLICK,
        RATING
    }
}
