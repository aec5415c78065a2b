package io.millrace.deploy.compose;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** docker-compose.yml as compose reads it when nothing is set: merges done, defaults put in. */
final class ComposeFile {

    static final String PATH = "docker-compose.yml";

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+):-([^}]*)}");

    private final Map<String, Object> root;

    private ComposeFile(Map<String, Object> root) {
        this.root = root;
    }

    static ComposeFile read() {
        return new ComposeFile(map(filledIn(Project.yaml(PATH))));
    }

    Map<String, Object> root() {
        return root;
    }

    Map<String, Map<String, Object>> services() {
        Map<String, Map<String, Object>> services = new LinkedHashMap<>();
        map(root.get("services")).forEach((name, value) -> services.put(name, merged(map(value))));
        return services;
    }

    Map<String, Object> service(String name) {
        return services().get(name);
    }

    /** The lines of a service's FLINK_PROPERTIES that have something in them. */
    List<String> flinkLines(String service) {
        String text = (String) map(service(service).get("environment")).get("FLINK_PROPERTIES");
        return text.lines().filter(line -> !line.isBlank()).toList();
    }

    Map<String, String> flinkProperties(String service) {
        Map<String, String> properties = new TreeMap<>();
        for (String line : flinkLines(service)) {
            int colon = line.indexOf(':');
            properties.put(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
        }
        return properties;
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> map(Object value) {
        return value == null ? Map.of() : (Map<String, Object>) value;
    }

    @SuppressWarnings("unchecked")
    static List<Object> list(Object value) {
        return value == null ? List.of() : (List<Object>) value;
    }

    private static Map<String, Object> merged(Map<String, Object> service) {
        Map<String, Object> merged = new LinkedHashMap<>(map(service.get("<<")));
        merged.putAll(service);
        merged.remove("<<");
        return merged;
    }

    private static Object filledIn(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> filled = new LinkedHashMap<>();
            map.forEach((key, child) -> filled.put(key, filledIn(child)));
            return filled;
        }
        if (value instanceof List<?> list) {
            List<Object> filled = new ArrayList<>();
            list.forEach(child -> filled.add(filledIn(child)));
            return filled;
        }
        return value instanceof String text
                ? VARIABLE.matcher(text)
                        .replaceAll(found -> Matcher.quoteReplacement(found.group(2)))
                : value;
    }
}
