package io.millrace.model.score;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Edits of one field of a manifest or base.json, so that the checks behind the checksum are
 * reached.
 *
 * <p>Not among them are edits that make another consistent version, which no reader could tell from
 * a published one: a parent that is there but is not the right one, or none.
 */
final class JsonDamage {

    private static final String HUGE = "x".repeat(100_000);

    private final Random random;

    JsonDamage(Random random) {
        this.random = random;
    }

    /** Edits the tree; says which field, and how. */
    String apply(ObjectNode json) {
        if (json.has("parts") && random.nextInt(4) == 0) {
            return parts(json, json.withArray("parts"));
        }
        ObjectNode node = json;
        String path = "";
        while (true) {
            String name = any(names(node));
            path += "." + name;
            JsonNode value = node.get(name);
            if (value instanceof ArrayNode array && !array.isEmpty() && random.nextInt(3) > 0) {
                value = array.get(random.nextInt(array.size()));
            }
            if (value instanceof ObjectNode inner && !inner.isEmpty() && random.nextInt(4) > 0) {
                node = inner;
            } else {
                return path + " " + edit(node, name, path.equals(".parent"));
            }
        }
    }

    private String edit(ObjectNode node, String name, boolean parent) {
        long number = node.get(name).asLong();
        int choice = random.nextInt(13);
        switch (choice) {
            case 0 -> node.remove(name);
            case 1 -> node.put(name, parent ? -2 : number + 1);
            case 2 -> node.put(name, parent ? 77 : number - 1);
            case 3 -> node.put(name, Long.MAX_VALUE);
            case 4 -> node.put(name, Long.MIN_VALUE);
            case 5 -> node.put(name, Double.MAX_VALUE);
            case 6 -> node.put(name, "\u0007\u202e\ud800\n");
            case 7 -> node.put(name, HUGE);
            case 8 -> node.put(name, true);
            case 9 -> nest(node.putArray(name), 100 + random.nextInt(850));
            case 10 -> node.putObject(name).put("a", 1);
            case 11 -> node.put("unknown", 1);
            default -> node.put(name, parent ? -1 : random.nextInt());
        }
        return "edit " + choice;
    }

    private static void nest(ArrayNode array, int depth) {
        ArrayNode inner = array;
        for (int i = 0; i < depth; i++) {
            inner = inner.addArray();
        }
    }

    private String parts(ObjectNode json, ArrayNode parts) {
        ObjectNode one = (ObjectNode) parts.get(random.nextInt(parts.size()));
        ObjectNode other = (ObjectNode) parts.get(random.nextInt(parts.size()));
        switch (random.nextInt(7)) {
            case 0 -> {
                parts.remove(random.nextInt(parts.size()));
                return "a part is lost";
            }
            case 1 -> {
                parts.add(one.deepCopy());
                json.put("shards", parts.size());
                return "a part is there twice";
            }
            case 2 -> {
                JsonNode path = one.get("path");
                one.set("path", other.get("path"));
                other.set("path", path);
                return "the paths of two parts are swapped";
            }
            case 3 -> {
                one.put("path", one.get("path").textValue().replace("/0000", "/0001"));
                return "a part of another version";
            }
            case 4 -> {
                one.put("shard", other.get("shard").intValue());
                return "a shard is there twice";
            }
            case 5 -> {
                one.put("path", "../" + one.get("path").textValue());
                return "a path that leads out";
            }
            default -> {
                json.put("shards", parts.size() + random.nextInt(1000));
                return "another number of shards";
            }
        }
    }

    private static List<String> names(ObjectNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
