package io.millrace.jobs.cli.explain;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.model.explain.Explanation;
import io.millrace.model.explain.Explanation.Evidence;
import io.millrace.model.explain.PairStrengths;
import io.millrace.model.version.Manifest;
import java.util.List;
import java.util.Locale;

/** An explanation as JSON, for programs. */
public final class ExplainJson {

    private ExplainJson() {}

    public static ObjectNode of(Explained explained) {
        Manifest manifest = explained.manifest();
        Explanation explanation = explained.explanation();
        ObjectNode json =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("model", manifest.model())
                        .put("version", manifest.version())
                        .put("checkpoint", manifest.checkpointId())
                        .put("examples", manifest.examples());
        ObjectNode offsets = json.putObject("offsets");
        manifest.offsets()
                .forEach(
                        (topic, ends) -> {
                            ObjectNode partitions = offsets.putObject(topic);
                            ends.forEach((p, end) -> partitions.put(Integer.toString(p), end));
                        });
        json.put("architecture", explained.spec().architecture().type())
                .put("measure", name(explanation.measure()))
                .put("per_weight", explained.perWeight());
        json.set("computed_of", evidence(explained));
        PairStrengths pairs = explanation.pairs();
        names(json.putArray("features"), pairs.names());
        ArrayNode crosses = json.putArray("pairs");
        pairs.pairs()
                .forEach(
                        pair ->
                                crosses.addObject()
                                        .put("first", pair.first())
                                        .put("second", pair.second())
                                        .put("strength", pair.strength()));
        ArrayNode layers = json.putArray("layers");
        for (PairStrengths.Layer layer : pairs.layers()) {
            matrix(layers.addObject().put("name", layer.name()), "strengths", layer.strengths());
        }
        Explanation.Gates gates = explanation.gates();
        if (gates == null) {
            json.putNull("gates");
        } else {
            ObjectNode node = json.putObject("gates");
            names(node.putArray("layers"), gates.layers());
            names(node.putArray("features"), gates.features());
            matrix(node, "means", gates.means());
        }
        return json.put("command", explained.command());
    }

    private static ObjectNode evidence(Explained explained) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        Evidence evidence = explained.explanation().evidence();
        if (evidence instanceof Evidence.Weights) {
            return json.put("source", "weights");
        }
        if (evidence instanceof Evidence.DrawnRows drawn) {
            json.put("source", "drawn-rows").put("count", drawn.count());
            names(json.putArray("left_out"), drawn.leftOut());
            return json;
        }
        json.put("source", "examples").put("count", ((Evidence.Examples) evidence).count());
        Explained.Input input = explained.input();
        return input == null ? json : json.put("input", input.name()).put("events", input.events());
    }

    private static void names(ArrayNode array, List<String> names) {
        names.forEach(array::add);
    }

    /** Cells that are not there are null: JSON has no NaN. */
    private static void matrix(ObjectNode node, String name, double[][] matrix) {
        ArrayNode rows = node.putArray(name);
        for (double[] row : matrix) {
            ArrayNode cells = rows.addArray();
            for (double value : row) {
                if (Double.isNaN(value)) {
                    cells.addNull();
                } else {
                    cells.add(value);
                }
            }
        }
    }

    private static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
