package io.millrace.jobs.listing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.model.ModelSpec;
import io.millrace.model.feature.FeatureSpec;
import java.io.UncheckedIOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The values that the features of a model read, by the feature's name. Crosses are left out, since
 * they read features. Used by one thread.
 */
final class FeatureValues {

    private final JsonMapper mapper = new JsonMapper();
    private final ModelSpec model;

    FeatureValues(ModelSpec model) {
        this.model = model;
    }

    /** Those of an event; null for what it does not have. */
    String of(String user, String item, Map<String, Object> features, long timestamp) {
        ObjectNode values = mapper.createObjectNode();
        for (FeatureSpec feature : model.features()) {
            if (feature instanceof FeatureSpec.OfField of) {
                values.set(
                        of.name(),
                        mapper.valueToTree(
                                switch (of.field()) {
                                    case "user" -> user;
                                    case "item" -> item;
                                    case "timestamp" -> timestamp;
                                    default -> features.get(of.field());
                                }));
            }
        }
        return text(values);
    }

    /** The same with values of computed fields. */
    String with(String values, Map<String, ? extends @Nullable Object> computed) {
        ObjectNode all = read(values);
        for (FeatureSpec feature : model.features()) {
            if (feature instanceof FeatureSpec.OfField of && computed.containsKey(of.field())) {
                all.set(of.name(), mapper.valueToTree(computed.get(of.field())));
            }
        }
        return text(all);
    }

    private ObjectNode read(String values) {
        try {
            JsonNode tree = mapper.readTree(values);
            return (ObjectNode) tree;
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("not JSON: " + values, e);
        }
    }

    private String text(ObjectNode values) {
        try {
            return mapper.writeValueAsString(values);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("Writing to memory cannot fail.", e);
        }
    }
}
