package io.millrace.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigParserTest {

    private static final String COMPLAINT = "(?s)f\\.yaml:[1-9][0-9]*: .+";

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", "# nothing\n", "---\n", "---\n...\n"})
    void refusesAnEmptyFile(String text) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(ConfigException.class)
                .hasMessageMatching("f\\.yaml:[123]: expected a map, found an empty file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"- 1\n- 2\n", "text", "[a: 1]", "12"})
    void refusesARootThatIsNoMap(String text) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(ConfigException.class)
                .hasMessage("f.yaml:1: expected a map of keys and values at the top of the file");
    }

    @Test
    void refusesAKeyThatIsThereTwice() {
        assertThatThrownBy(() -> parse("a:\n  b: 1\n  c: 2\n  b: 3\n"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("f.yaml:4: a.b: the key is already in line 2");
    }

    @Test
    void refusesTabs() {
        assertThatThrownBy(() -> parse("a:\n\tb: 1\n"))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("f.yaml:2: not valid YAML: ")
                .hasMessageContaining("TAB");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a: &x 1 | f.yaml:1: a: anchors (&) and aliases (*) are not supported",
                "a: *x | f.yaml:1: a: anchors (&) and aliases (*) are not supported",
                "a: !!int 1 | f.yaml:1: a: tags (!) are not supported",
                "a: !java/x {} | f.yaml:1: a: tags (!) are not supported",
                "? [1, 2] | f.yaml:1: expected a key of plain text, found a map or list",
            })
    void refusesWhatAConfigurationNeedsNot(String text, String complaint) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(ConfigException.class)
                .hasMessage(complaint);
    }

    @Test
    void refusesASecondDocument() {
        assertThatThrownBy(() -> parse("a: 1\n---\nb: 2\n"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("f.yaml:2: expected the end of the file, found a second document");
    }

    @Test
    void refusesACharacterThatYamlDoesNotAllow() {
        assertThatThrownBy(() -> parse("a: 1\nb: \u0007\n"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("f.yaml:2: not valid YAML: character U+0007 is not allowed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{a: ", "- "})
    void refusesDeepNesting(String level) {
        assertThatThrownBy(() -> parse("a: \n " + level.repeat(100_000)))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("f.yaml:2: ")
                .hasMessageContaining("nested deeper than 32 levels");
    }

    @Test
    void takesReasonableNesting() {
        assertThat(parse("a: " + "[".repeat(30) + "]".repeat(30)).has("a")).isTrue();
    }

    @Test
    void refusesAHugeFile() {
        assertThatThrownBy(() -> parse("a: " + "x".repeat(1 << 20)))
                .isInstanceOf(ConfigException.class)
                .hasMessage("f.yaml:1: the file is larger than 1048576 characters");
    }

    @Test
    void complainsInOneWayAboutAnyText() {
        Random random = new Random(7);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            String text = YamlMutations.mutate(random);
            try {
                readAll(parse(text));
            } catch (ConfigException e) {
                refused++;
                assertThat(e).hasMessageMatching(COMPLAINT);
            } catch (RuntimeException | StackOverflowError e) {
                fail("mutation " + i + ": " + text, e);
            }
        }
        assertThat(refused).isBetween(1_000, 19_999);
    }

    /** Asks for the first key as every type, so that readers of values see all texts too. */
    private static void readAll(ConfigNode root) {
        for (String key : root.entries().keySet()) {
            ignoreComplaint(() -> root.integer(key));
            ignoreComplaint(() -> root.longNumber(key));
            ignoreComplaint(() -> root.number(key));
            ignoreComplaint(() -> root.bool(key, true));
            ignoreComplaint(() -> root.duration(key));
            ignoreComplaint(() -> root.bytes(key));
            ignoreComplaint(() -> root.strings(key, List.of()));
            ignoreComplaint(() -> root.string(key));
        }
        ignoreComplaint(() -> ModelSpecReader.read(root));
        root.rejectUnknown();
    }

    private static void ignoreComplaint(Runnable read) {
        try {
            read.run();
        } catch (ConfigException e) {
            assertThat(e).hasMessageMatching(COMPLAINT);
        }
    }

    private static ConfigNode parse(String text) {
        return ConfigNode.parse(text, "f.yaml");
    }
}
