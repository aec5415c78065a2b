package io.millrace.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.model.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The pages against the readers. The tables of docs/configuration.md are generated: after a change
 * of the readers, {@code mvn test -pl flink-jobs -am -Dtest=ConfigurationPageTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Dgolden.write=true} writes them anew. What a new key
 * means is then to be filled in.
 */
class ConfigurationPageTest {

    private static final boolean WRITE = Boolean.getBoolean("golden.write");
    private static final Path PAGE = Path.of("..", "docs", "configuration.md");
    private static final Pattern TYPES = Pattern.compile(".* one of (.*), found .*");

    /** The model's keys at the top level; all others are sections. */
    private static final List<String> MODEL_KEYS =
            List.of(
                    "model",
                    "seed",
                    "objective",
                    "features",
                    "stream-features",
                    "profiles",
                    "architecture",
                    "optimizers");

    private static final String MODEL =
            """
            objective: {type: click}
            features: {item: {type: categorical, dimension: 1}}
            architecture: {type: logistic-regression}
            """;

    @Test
    void theTablesAreWhatTheReadersAskFor() throws IOException {
        ConfigurationPage generated = page().generated();
        if (WRITE) {
            Files.writeString(PAGE, String.join("\n", generated.lines()) + "\n");
        }
        assertThat(page().lines()).isEqualTo(generated.lines());
    }

    @Test
    void everyKeySaysWhatItMeans() throws IOException {
        page().meanings()
                .forEach(
                        (heading, keys) ->
                                keys.forEach(
                                        (key, meaning) ->
                                                assertThat(meaning)
                                                        .as("%s: %s", heading, key)
                                                        .isNotBlank()));
    }

    @Test
    void describesEveryKindOfMap() throws IOException {
        List<String> kinds = new ArrayList<>(List.of("top level", "profile", "optimizers"));
        types("objective: {type: x}").forEach(type -> kinds.add("objective: " + type));
        types("objective: {type: click}\nfeatures: {f: {type: x}}")
                .forEach(type -> kinds.add("feature: " + type));
        types(
                        "objective: {type: click}\n"
                                + "features: {f: {type: categorical, dimension: 1}}\n"
                                + "stream-features: {s: {type: x}}")
                .forEach(type -> kinds.add("stream feature: " + type));
        types(MODEL + "optimizers: {embedding: {type: x}, dense: {type: sgd}}")
                .forEach(type -> kinds.add("optimizer: " + type));
        new AskedKeys("top level")
                .keys().keySet().stream()
                        .filter(key -> !MODEL_KEYS.contains(key))
                        .forEach(key -> kinds.add("section: " + key));

        assertThat(page().headings()).containsExactlyInAnyOrderElementsOf(kinds);
    }

    /** Those that the readers would take in place of x. */
    private static List<String> types(String text) {
        ConfigException complaint =
                catchThrowableOfType(
                        ConfigException.class,
                        () -> PipelineConfigReader.read("model: m\n" + text, "f.yaml"));
        Matcher types = TYPES.matcher(complaint.getMessage());
        assertThat(types.matches()).as(complaint.getMessage()).isTrue();
        return List.of(types.group(1).split(", "));
    }

    private static ConfigurationPage page() throws IOException {
        return new ConfigurationPage(Files.readAllLines(PAGE));
    }
}
