package io.millrace.model.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.model.ModelSpec;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.feature.Vocabulary;
import io.millrace.model.loss.Objective;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * The canonical form of a {@link ModelSpec}: the shape of the pipeline file as JSON, keys in a
 * fixed order, defaults written out.
 *
 * <p>{@link ModelSpecReader} reads it back to an equal specification.
 */
public final class ModelSpecWriter {

    /** The fast double writer gives the shortest text, where the JDK's depends on its version. */
    private static final JsonMapper CANONICAL =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
                                    .build())
                    .build();

    private ModelSpecWriter() {}

    public static ObjectNode write(ModelSpec spec) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("model", spec.name());
        node.put("seed", spec.seed());
        node.set("objective", objective(spec.objective()));
        ObjectNode features = node.putObject("features");
        for (FeatureSpec feature : spec.features()) {
            features.set(feature.name(), feature(feature));
        }
        StreamWriter.write(spec.stream(), node);
        node.set(
                "architecture",
                OptionsWriter.write(spec.architecture().type(), spec.architecture()));
        ObjectNode optimizers = node.putObject("optimizers");
        optimizers.set(
                "embedding",
                OptionsWriter.write(spec.embeddingOptimizer().type(), spec.embeddingOptimizer()));
        optimizers.set(
                "dense", OptionsWriter.write(spec.denseOptimizer().type(), spec.denseOptimizer()));
        return node;
    }

    /** SHA-256 of the canonical form, in 64 hexadecimal digits. */
    public static String hash(ModelSpec spec) {
        return hash(write(spec));
    }

    /** The hash of a canonical form, which an older or newer version of this code may have made. */
    public static String hash(JsonNode canonical) {
        try {
            return DigestUtils.sha256Hex(CANONICAL.writeValueAsBytes(canonical));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("cannot write " + canonical, e);
        }
    }

    private static ObjectNode objective(Objective objective) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        if (objective instanceof Objective.Rating rating) {
            node.put("type", "rating");
            node.put("min", rating.min());
            node.put("max", rating.max());
        } else if (objective instanceof Objective.Click click) {
            node.put("type", "click");
            // Only what is not the default, so that what was written before has the same hash.
            if (click.negativeSampling() < 1) {
                node.put("negative-sampling", click.negativeSampling());
            }
        }
        return node;
    }

    private static ObjectNode feature(FeatureSpec feature) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        if (feature instanceof FeatureSpec.Categorical categorical) {
            sparse(node, "categorical", categorical);
            vocabulary(node, categorical);
        } else if (feature instanceof FeatureSpec.CategoricalList list) {
            sparse(node, "categorical-list", list);
            node.put("pooling", ConfigNode.kebab(list.pooling()));
            node.put("max-length", list.maxLength());
            vocabulary(node, list);
        } else if (feature instanceof FeatureSpec.Bucketized bucketized) {
            sparse(node, "bucket", bucketized);
            ArrayNode boundaries = node.putArray("boundaries");
            bucketized.boundaries().forEach(boundaries::add);
        } else if (feature instanceof FeatureSpec.Cross cross) {
            node.put("type", "cross");
            ArrayNode of = node.putArray("of");
            cross.of().forEach(of::add);
            node.put("dimension", cross.dimension());
            vocabulary(node, cross);
        } else if (feature instanceof FeatureSpec.Numeric numeric) {
            numeric(node, numeric);
        } else if (feature instanceof FeatureSpec.Cyclic cyclic) {
            start(node, "cyclic", cyclic);
            node.put("period", ConfigNode.kebab(cyclic.period()));
        }
        return node;
    }

    private static void numeric(ObjectNode node, FeatureSpec.Numeric numeric) {
        start(node, "numeric", numeric);
        node.put("log", numeric.log());
        if (!Double.isInfinite(numeric.min()) || !Double.isInfinite(numeric.max())) {
            node.putArray("clip").add(numeric.min()).add(numeric.max());
        }
        if (numeric.running()) {
            node.put("standardize", "running");
            return;
        }
        ObjectNode standardize = node.putObject("standardize");
        standardize.put("mean", numeric.mean());
        standardize.put("deviation", numeric.deviation());
    }

    private static <T extends FeatureSpec.Sparse & FeatureSpec.OfField> void sparse(
            ObjectNode node, String type, T feature) {
        start(node, type, feature);
        node.put("dimension", feature.dimension());
    }

    /** Only what is not open, so that what was written before has the same hash. */
    private static void vocabulary(ObjectNode node, FeatureSpec.Sparse feature) {
        Vocabulary vocabulary = feature.vocabulary();
        if (vocabulary.minCount() > 0) {
            node.put("min-count", vocabulary.minCount());
        }
        if (vocabulary.ttl() != null) {
            node.put("ttl", vocabulary.ttl().toMillis() + "ms");
        }
    }

    private static void start(ObjectNode node, String type, FeatureSpec.OfField feature) {
        node.put("type", type);
        node.put("field", feature.field());
    }
}
