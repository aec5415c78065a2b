package io.millrace.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.model.config.ConfigException;
import io.millrace.model.config.ConfigNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The keys that the readers ask for in one kind of map of the pipeline file, learned from the
 * readers themselves: defaults are those that they give when asked, types those that they name when
 * they refuse a value.
 *
 * @param heading of the map's table in docs/configuration.md
 */
record AskedKeys(String heading) {

    /** Also what the page says where a feature's name is the default. */
    private static final String FEATURE = "the feature's name";

    private static final String FEATURES =
            "user: {type: categorical, dimension: 4}, item: {type: categorical, dimension: 4}";

    /** A profile's name, which is also its topic's unless the file says otherwise. */
    private static final String PROFILE = "users";

    /** What each kind of map needs to be complete, beside its type. */
    private static final Map<String, Map<String, String>> REQUIRED =
            Map.ofEntries(
                    Map.entry("objective: rating", Map.of("min", "0", "max", "1")),
                    Map.entry("feature: categorical", Map.of("dimension", "1")),
                    Map.entry("feature: categorical-list", Map.of("dimension", "1")),
                    Map.entry("feature: bucket", Map.of("dimension", "1", "boundaries", "[1]")),
                    Map.entry("feature: cyclic", Map.of("period", "day")),
                    Map.entry("feature: cross", Map.of("dimension", "1", "of", "[user, item]")),
                    Map.entry("stream feature: count", Map.of("by", "user", "of", "click")),
                    Map.entry(
                            "stream feature: decayed-count",
                            Map.of("by", "user", "of", "click", "half-life", "1h")),
                    Map.entry("stream feature: mean", Map.of("by", "user", "prior", "0")),
                    Map.entry("stream feature: since-last", Map.of("by", "user", "of", "click")),
                    Map.entry("stream feature: last", Map.of("by", "user", "of", "click")),
                    Map.entry("profile", Map.of("by", "user")),
                    Map.entry(
                            "optimizers",
                            Map.of("embedding", "{type: sgd}", "dense", "{type: sgd}")),
                    Map.entry(
                            "top level",
                            Map.of(
                                    "model", "m",
                                    "objective", "{type: click}",
                                    "features", "{" + FEATURES + "}",
                                    "architecture", "{type: dcn-v2}",
                                    "optimizers", "{embedding: {type: sgd}, dense: {type: sgd}}")));

    private static final Pattern RANGE = Pattern.compile("a whole number (from .*)");
    private static final Pattern BYTES = Pattern.compile("(\\d+) to (\\d+) bytes");
    private static final Pattern CHOICE = Pattern.compile("one of ([a-z, -]+)");
    private static final Pattern HYPERPARAMETER =
            Pattern.compile(".* must be (a finite float )?(.*), but is .*");

    /** Each key with its type and default as the page has them. */
    Map<String, Key> keys() {
        Map<String, Key> keys = new LinkedHashMap<>();
        asked().forEach(
                        (key, byDefault) ->
                                keys.put(key, new Key(type(key), shown(key, byDefault))));
        return keys;
    }

    record Key(String type, String byDefault) {}

    private Map<String, @Nullable Object> asked() {
        ConfigNode root = ConfigNode.parse(file(entries()), "f.yaml");
        PipelineConfigReader.read(root);
        return switch (kind()) {
            case "objective" -> root.map("objective").asked();
            case "feature" -> root.map("features").map(FEATURE).asked();
            case "stream feature" -> root.map("stream-features").map("s").asked();
            case "profile" -> root.map("profiles").map(PROFILE).asked();
            case "optimizers" -> root.map("optimizers").asked();
            case "optimizer" -> root.map("optimizers").map("dense").asked();
            case "section" -> root.map(name()).asked();
            default -> root.asked();
        };
    }

    // -- types

    private String type(String key) {
        if (key.equals("type")) {
            return "`" + name() + "`";
        }
        String expected = expected(key, "{}").or(() -> expected(key, "[]")).orElse("");
        Matcher choice = CHOICE.matcher(expected);
        if (choice.matches()) {
            return Stream.of(choice.group(1).split(", "))
                    .map(one -> "`" + one + "`")
                    .collect(Collectors.joining(" or "));
        }
        if (expected.startsWith("a map")) {
            return "map";
        }
        return switch (expected) {
            case "text" -> "text";
            case "a list" -> "list";
            case "true or false" -> "boolean";
            case "a whole number" -> whole(key);
            case "a number" -> number(key);
            default -> expected.startsWith("a duration") ? duration(key) : bytes(key);
        };
    }

    private String whole(String key) {
        Matcher range = RANGE.matcher(expected(key, "-1").orElse(""));
        return range.matches() ? range.group(1).replace("from ", "") : "whole number";
    }

    private String number(String key) {
        Matcher range = HYPERPARAMETER.matcher(complaint(key, "-1").orElse(""));
        return range.matches() ? range.group(2).replaceFirst("^of ", "") : "number";
    }

    private String duration(String key) {
        return expected(key, "366d").orElse("").replace("a duration from ", "");
    }

    private String bytes(String key) {
        Matcher range = BYTES.matcher(expected(key, "1").orElse(""));
        assertThat(range.matches()).as("the range of %s in %s", key, heading).isTrue();
        return bytes(Long.parseLong(range.group(1)))
                + " to "
                + bytes(Long.parseLong(range.group(2)));
    }

    /** What the readers want instead of this value. */
    private Optional<String> expected(String key, String value) {
        return complaint(key, value)
                .map(
                        complaint ->
                                complaint.replaceAll("(?s).*: expected (.*?)(, found .*)?$", "$1"))
                .filter(expected -> !expected.contains("f.yaml"));
    }

    private Optional<String> complaint(String key, String value) {
        Map<String, String> entries = entries();
        entries.put(key, value);
        ConfigException complaint =
                catchThrowableOfType(ConfigException.class, () -> read(entries));
        return Optional.ofNullable(complaint).map(Throwable::getMessage);
    }

    // -- defaults

    private String shown(String key, @Nullable Object byDefault) {
        if (entries().containsKey(key)) {
            assertRequired(key);
            return "required";
        } else if (byDefault == null || byDefault instanceof List<?> list && list.isEmpty()) {
            return "none";
        }
        if (kind().equals("profile") && byDefault.equals(PROFILE)) {
            return "the profile's name";
        }
        return byDefault.equals(FEATURE) ? FEATURE : "`" + text(key, byDefault) + "`";
    }

    private void assertRequired(String key) {
        Map<String, String> without = entries();
        without.remove(key);
        assertThat(catchThrowableOfType(ConfigException.class, () -> read(without)))
                .as("%s without %s", heading, key)
                .isNotNull();
    }

    private String text(String key, Object value) {
        if (value instanceof Enum<?> constant) {
            return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
        } else if (value instanceof Duration duration) {
            return duration(duration.toMillis());
        } else if (value instanceof Double number) {
            return number.toString().replaceFirst("\\.0(?=E|$)", "").replace('E', 'e');
        } else if (value instanceof Long size && type(key).contains("iB")) {
            return bytes(size);
        }
        return value.toString();
    }

    private static String duration(long millis) {
        for (var unit :
                List.of(Map.entry(3_600_000, "h"), Map.entry(60_000, "m"), Map.entry(1_000, "s"))) {
            if (millis % unit.getKey() == 0) {
                return millis / unit.getKey() + unit.getValue();
            }
        }
        return millis + "ms";
    }

    private static String bytes(long size) {
        for (var unit : List.of(Map.entry(30, "GiB"), Map.entry(20, "MiB"), Map.entry(10, "KiB"))) {
            if (size % (1L << unit.getKey()) == 0) {
                return (size >> unit.getKey()) + unit.getValue();
            }
        }
        return Long.toString(size);
    }

    // -- files

    private String kind() {
        return heading.replaceAll(":.*", "");
    }

    private String name() {
        return heading.replaceAll(".*: ", "");
    }

    /** What the map needs and nothing else. */
    private Map<String, String> entries() {
        Map<String, String> entries = new LinkedHashMap<>();
        if (List.of("objective", "feature", "stream feature", "optimizer").contains(kind())) {
            entries.put("type", name());
        }
        entries.putAll(REQUIRED.getOrDefault(heading, Map.of()));
        return entries;
    }

    private void read(Map<String, String> entries) {
        PipelineConfigReader.read(file(entries), "f.yaml");
    }

    /** A file that is complete but for what these entries lack. */
    private String file(Map<String, String> entries) {
        Map<String, String> file = new LinkedHashMap<>(REQUIRED.get("top level"));
        String map = map(entries);
        switch (kind()) {
            case "objective", "optimizers" -> file.put(kind(), map);
            case "feature" ->
                    file.put("features", "{" + FEATURES + ", \"" + FEATURE + "\": " + map + "}");
            case "stream feature" -> {
                String reader =
                        name().equals("last")
                                ? "{type: categorical-list, dimension: 1}"
                                : "{type: numeric}";
                file.put("features", "{" + FEATURES + ", s: " + reader + "}");
                file.put("stream-features", "{s: " + map + "}");
            }
            case "profile" -> {
                String reader = "{type: numeric, field: " + PROFILE + ".age}";
                file.put("features", "{" + FEATURES + ", age: " + reader + "}");
                file.put("profiles", "{" + PROFILE + ": " + map + "}");
            }
            case "optimizer" ->
                    file.put("optimizers", "{embedding: {type: sgd}, dense: " + map + "}");
            case "section" -> file.put(name(), map);
            default -> {
                file.clear();
                file.putAll(entries);
            }
        }
        List<String> lines = new ArrayList<>();
        file.forEach((key, value) -> lines.add(key + ": " + value + "\n"));
        return String.join("", lines);
    }

    private static String map(Map<String, String> entries) {
        return entries.entrySet().stream()
                .map(entry -> entry.getKey() + ": " + entry.getValue())
                .collect(Collectors.joining(", ", "{", "}"));
    }
}
