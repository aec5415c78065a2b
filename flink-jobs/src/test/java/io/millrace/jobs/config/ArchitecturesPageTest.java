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

/** Options and defaults in docs/architectures.md against those of the readers. */
class ArchitecturesPageTest {

    private static final Path PAGE = Path.of("..", "docs", "architectures.md");
    private static final Pattern OPTION = Pattern.compile("\\| `([a-z0-9-]+)` \\| (.*?) \\| .*");
    private static final String UNKNOWN = "no-such-key";

    private static final String FEATURES =
            "user: {type: categorical, dimension: 4}, item: {type: categorical, dimension: 4}";

    private static final String POSITION = ", position: {type: categorical, dimension: 1}";

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
    void describesEveryArchitecture() throws IOException {
        assertThat(tables().keySet()).containsExactlyInAnyOrderElementsOf(Architectures.types());
    }

    /** What the complaint about an unknown key in this architecture calls allowed. */
    private static List<String> allowed(String type) {
        ConfigException complaint =
                catchThrowableOfType(ConfigException.class, () -> read(type, UNKNOWN + ": 1"));
        Matcher matcher =
                Pattern.compile(".*" + UNKNOWN + ": unknown key; allowed are ([^;]+)(;.*)?")
                        .matcher(complaint.getMessage());
        assertThat(matcher.matches()).as(complaint.getMessage()).isTrue();
        return List.of(matcher.group(1).split(", "));
    }

    /** The configuration of a file that spells out the defaults on the page. */
    private static PipelineConfig withDefaults(String type, Map<String, String> defaults) {
        return read(
                type,
                defaults.entrySet().stream()
                        .filter(entry -> entry.getValue().startsWith("`"))
                        .map(entry -> entry.getKey() + ": " + entry.getValue().replace("`", ""))
                        .collect(Collectors.joining(", ")));
    }

    /** A complete file with more options of this architecture. */
    private static PipelineConfig read(String type, String options) {
        return PipelineConfigReader.read(
                """
                model: m
                objective: {type: click}
                features: {%s}
                architecture: {type: %s%s}
                optimizers: {embedding: {type: sgd}, dense: {type: sgd}}
                """
                        .formatted(
                                type.equals("position-bias") ? FEATURES + POSITION : FEATURES,
                                type,
                                options.isEmpty() ? "" : ", " + options),
                "f.yaml");
    }

    /** The page's tables by architecture: option to default. */
    private static Map<String, Map<String, String>> tables() throws IOException {
        Map<String, Map<String, String>> tables = new LinkedHashMap<>();
        Map<String, String> options = new LinkedHashMap<>();
        for (String line : Files.readAllLines(PAGE)) {
            Matcher row = OPTION.matcher(line);
            if (line.startsWith("## ")) {
                options = new LinkedHashMap<>(Map.of("type", "required"));
                if (line.matches("## [a-z0-9-]+")) {
                    tables.put(line.substring(3), options);
                }
            } else if (row.matches()) {
                options.put(row.group(1), row.group(2));
            }
        }
        return tables;
    }
}
