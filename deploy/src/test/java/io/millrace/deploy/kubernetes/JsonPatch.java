package io.millrace.deploy.kubernetes;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Additions and replacements in objects, by RFC 6902: what the overlays here are made of. */
final class JsonPatch {

    private JsonPatch() {}

    static void apply(ArrayNode operations, JsonNode document) {
        for (JsonNode operation : operations) {
            JsonPointer path = JsonPointer.compile(operation.path("path").asText());
            if (!(document.at(path.head()) instanceof ObjectNode parent)) {
                throw new IllegalArgumentException("there is no object at " + path.head());
            }
            String field = path.last().getMatchingProperty();
            String kind = operation.path("op").asText();
            boolean valid =
                    switch (kind) {
                        case "add" -> !parent.has(field);
                        case "replace" -> parent.has(field);
                        default -> false;
                    };
            if (!valid) {
                throw new IllegalArgumentException("cannot %s %s".formatted(kind, path));
            }
            parent.set(field, operation.required("value"));
        }
    }
}
