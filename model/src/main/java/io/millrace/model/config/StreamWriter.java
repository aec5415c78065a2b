package io.millrace.model.config;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.model.stream.StreamFeature;
import io.millrace.model.stream.StreamSpec;
import java.time.Duration;

/** The canonical form of a {@link StreamSpec}, as {@link ModelSpecWriter} has it. */
final class StreamWriter {

    private StreamWriter() {}

    /** Adds what there is, so that a model without it is written as ever. */
    static void write(StreamSpec stream, ObjectNode model) {
        if (!stream.features().isEmpty()) {
            ObjectNode features = model.putObject("stream-features");
            stream.features().forEach(one -> write(one, features.putObject(one.name())));
        }
        if (!stream.profiles().isEmpty()) {
            ObjectNode profiles = model.putObject("profiles");
            stream.profiles().forEach(one -> profiles.putObject(one.name()).put("by", one.by()));
        }
    }

    private static void write(StreamFeature feature, ObjectNode node) {
        if (feature instanceof StreamFeature.Count count) {
            start(node, "count", feature).put("of", ConfigNode.kebab(count.of()));
        } else if (feature instanceof StreamFeature.DecayedCount count) {
            start(node, "decayed-count", feature).put("of", ConfigNode.kebab(count.of()));
            node.put("half-life", text(count.halfLife()));
        } else if (feature instanceof StreamFeature.Mean mean) {
            start(node, "mean", feature);
            mean(mean, node);
        } else if (feature instanceof StreamFeature.SinceLast since) {
            start(node, "since-last", feature).put("of", ConfigNode.kebab(since.of()));
        } else if (feature instanceof StreamFeature.Last last) {
            start(node, "last", feature).put("of", ConfigNode.kebab(last.of()));
            node.put("field", last.field());
            node.put("length", last.length());
        }
    }

    private static void mean(StreamFeature.Mean mean, ObjectNode node) {
        if (mean.priorOf() == null) {
            node.put("prior", mean.prior());
        } else {
            node.put("prior", mean.priorOf());
        }
        node.put("strength", mean.strength());
        Duration halfLife = mean.halfLife();
        if (halfLife != null) {
            node.put("half-life", text(halfLife));
        }
    }

    private static ObjectNode start(ObjectNode node, String type, StreamFeature feature) {
        node.put("type", type);
        ArrayNode by = node.putArray("by");
        feature.by().forEach(by::add);
        return node;
    }

    private static String text(Duration duration) {
        return duration.toMillis() + "ms";
    }
}
