package io.millrace.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.model.architecture.Architectures;
import io.millrace.model.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Keys and defaults on the pages against those of the readers. */
class ConfigurationPageTest {

    private static final Path PAGE = Path.of("..", "docs", "configuration.md");
    private static final Pattern ROW =
            Pattern.compile("\\| `([a-z0-9-]+)` \\| (.*?) \\| (.*?) \\| .*");
    private static final Path ARCHITECTURES = Path.of("..", "docs", "architectures.md");
    private static final Pattern OPTION = Pattern.compile("\\| `([a-z0-9-]+)` \\| (.*?) \\| .*");
    private static final String UNKNOWN = "no-such-key";

    private static final String FEATURES =
            "user: {type: categorical, dimension: 4}, item: {type: categorical, dimension: 4}";

    private static final String POSITION = "{type: categorical, dimension: 1}";

    /** What each kind of map needs to be complete, as YAML without braces. */
    private static final Map<String, String> REQUIRED =
            Map.of(
                    "objective: rating", "min: 0, max: 1",
                    "feature: categorical", "dimension: 1",
                    "feature: categorical-list", "dimension: 1",
                    "feature: bucket", "dimension: 1, boundaries: [1]",
                    "feature: cyclic", "period: day",
                    "feature: cross", "dimension: 1, of: [user, item]",
                    "optimizers", "embedding: {type: sgd}, dense: {type: sgd}");

    @TestFactory
    List<DynamicTest> namesExactlyTheKeysThatAreAllowed() throws IOException {
        return tables().entrySet().stream()
                .map(
                        table ->
                                DynamicTest.dynamicTest(
                                        table.getKey(),
                                        () ->
                                                assertThat(allowed(table.getKey()))
                                                        .containsExactlyInAnyOrderElementsOf(
                                                                table.getValue().keySet())))
                .toList();
    }

    @TestFactory
    List<DynamicTest> namesTheDefaults() throws IOException {
        return tables().entrySet().stream()
                .map(
                        table ->
                                DynamicTest.dynamicTest(
                                        table.getKey(),
                                        () ->
                                                assertThat(
                                                                withDefaults(
                                                                        table.getKey(),
                                                                        table.getValue()))
                                                        .isEqualTo(read(table.getKey(), ""))))
                .toList();
    }

    @Test
    void describesEveryKindOfMap() throws IOException {
        assertThat(tables().keySet())
                .filteredOn(heading -> !heading.startsWith("architecture: "))
                .containsExactlyInAnyOrder(
                        "top level",
                        "objective: click",
                        "objective: rating",
                        "feature: categorical",
                        "feature: categorical-list",
                        "feature: bucket",
                        "feature: numeric",
                        "feature: cyclic",
                        "feature: cross",
                        "optimizers",
                        "optimizer: sgd",
                        "optimizer: adagrad",
                        "optimizer: row-wise-adagrad",
                        "optimizer: adam",
                        "optimizer: adamw",
                        "optimizer: ftrl",
                        "section: kafka",
                        "section: topics",
                        "section: events",
                        "section: labels",
                        "section: training",
                        "section: versions",
                        "section: checkpoints",
                        "section: metrics",
                        "section: scoring");
    }

    @Test
    void describesEveryArchitecture() throws IOException {
        assertThat(tables().keySet())
                .filteredOn(heading -> heading.startsWith("architecture: "))
                .containsExactlyInAnyOrderElementsOf(
                        Architectures.types().stream()
                                .map(type -> "architecture: " + type)
                                .toList());
    }

    /** What the complaint about an unknown key in this kind of map calls allowed. */
    private static List<String> allowed(String heading) {
        ConfigException complaint =
                catchThrowableOfType(ConfigException.class, () -> read(heading, UNKNOWN + ": 1"));
        Matcher matcher =
                Pattern.compile(".*" + UNKNOWN + ": unknown key; allowed are ([^;]+)(;.*)?")
                        .matcher(complaint.getMessage());
        assertThat(matcher.matches()).as(complaint.getMessage()).isTrue();
        return List.of(matcher.group(1).split(", "));
    }

    /** The configuration of a file that spells out the defaults on the page. */
    private static PipelineConfig withDefaults(String heading, Map<String, String> defaults) {
        return read(
                heading,
                defaults.entrySet().stream()
                        .filter(entry -> entry.getValue().startsWith("`"))
                        .map(entry -> entry.getKey() + ": " + entry.getValue().replace("`", ""))
                        .collect(Collectors.joining(", ")));
    }

    /** A complete file with more entries in the map that the heading describes. */
    private static PipelineConfig read(String heading, String more) {
        String kind = heading.replaceAll(":.*", "");
        String name = heading.replaceAll(".*: ", "");
        String required = REQUIRED.getOrDefault(heading, "");
        Map<String, String> parts = new LinkedHashMap<>();
        parts.put("model", "m");
        parts.put("objective", "{type: click}");
        parts.put("features", "{" + FEATURES + "}");
        parts.put("architecture", "{type: dcn-v2}");
        parts.put("optimizers", "{embedding: {type: sgd}, dense: {type: sgd}}");
        switch (kind) {
            case "objective" -> parts.put(kind, map("type: " + name, required, more));
            case "architecture" -> {
                parts.put(kind, map("type: " + name, required, more));
                if (name.equals("position-bias")) {
                    parts.put("features", "{" + FEATURES + ", position: " + POSITION + "}");
                }
            }
            case "feature" ->
                    parts.put(
                            "features",
                            "{" + FEATURES + ", f: " + map("type: " + name, required, more) + "}");
            case "optimizers" -> parts.put(kind, map(required, more));
            case "optimizer" ->
                    parts.put(
                            "optimizers",
                            "{embedding: {type: sgd}, dense: " + map("type: " + name, more) + "}");
            case "section" -> parts.put(name, map(more));
            default -> {
                return PipelineConfigReader.read(text(parts) + more.replace(", ", "\n"), "f.yaml");
            }
        }
        return PipelineConfigReader.read(text(parts), "f.yaml");
    }

    private static String text(Map<String, String> parts) {
        return parts.entrySet().stream()
                .map(part -> part.getKey() + ": " + part.getValue() + "\n")
                .collect(Collectors.joining());
    }

    private static String map(String... entries) {
        return List.of(entries).stream()
                .filter(entry -> !entry.isEmpty())
                .collect(Collectors.joining(", ", "{", "}"));
    }

    /** The pages' tables by heading: key to default. */
    private static Map<String, Map<String, String>> tables() throws IOException {
        Map<String, Map<String, String>> tables = new LinkedHashMap<>();
        String heading = "";
        for (String line : Files.readAllLines(PAGE)) {
            Matcher row = ROW.matcher(line);
            if (line.startsWith("### ")) {
                heading = line.substring(4);
            } else if (row.matches()) {
                tables.computeIfAbsent(heading, unused -> new LinkedHashMap<>())
                        .put(row.group(1), row.group(3));
            }
        }
        addArchitectures(tables);
        return tables;
    }

    private static void addArchitectures(Map<String, Map<String, String>> tables)
            throws IOException {
        Map<String, String> options = new LinkedHashMap<>();
        for (String line : Files.readAllLines(ARCHITECTURES)) {
            Matcher row = OPTION.matcher(line);
            if (line.startsWith("## ")) {
                options = new LinkedHashMap<>(Map.of("type", "required"));
                if (line.matches("## [a-z0-9-]+")) {
                    tables.put("architecture: " + line.substring(3), options);
                }
            } else if (row.matches()) {
                options.put(row.group(1), row.group(2));
            }
        }
    }
}
