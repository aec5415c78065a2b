package io.millrace.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigNodeTest {

    private enum Shape {
        ROUND,
        HALF_OPEN
    }

    @Test
    void usageExample() {
        ConfigNode root =
                node(
                        """
                        model: clicks
                        training:
                          micro-batch: 512
                          max-wait: 50ms
                          cache: 64MiB
                        """);

        ConfigNode training = root.map("training");

        assertThat(root.string("model")).isEqualTo("clicks");
        assertThat(training.integer("micro-batch")).isEqualTo(512);
        assertThat(training.duration("max-wait")).isEqualTo(Duration.ofMillis(50));
        assertThat(training.bytes("cache")).isEqualTo(64L << 20);
        assertThat(training.integer("staleness", 1)).isEqualTo(1);
        root.rejectUnknown();
    }

    @Test
    void readsEveryType() {
        ConfigNode root =
                node(
                        """
                        text: some words
                        integer: -12
                        long: 9000000000
                        number: 1.5e-3
                        whole: 7
                        flag: true
                        shape: half-open
                        integers: [1, 2]
                        numbers: [0.5, 2]
                        strings: [a, "2"]
                        """);

        assertThat(root.string("text")).isEqualTo("some words");
        assertThat(root.string("integer")).isEqualTo("-12");
        assertThat(root.integer("integer")).isEqualTo(-12);
        assertThat(root.longNumber("long")).isEqualTo(9_000_000_000L);
        assertThat(root.number("number")).isEqualTo(0.0015);
        assertThat(root.number("whole")).isEqualTo(7);
        assertThat(root.bool("flag", false)).isTrue();
        assertThat(root.choice("shape", Shape.class)).isEqualTo(Shape.HALF_OPEN);
        assertThat(root.integers("integers", List.of())).containsExactly(1, 2);
        assertThat(root.numbers("numbers", List.of())).containsExactly(0.5, 2.0);
        assertThat(root.strings("strings", List.of())).containsExactly("a", "2");
    }

    @Test
    void takesDefaultsForWhatIsNotThere() {
        ConfigNode root = node("other: 1");

        assertThat(root.string("a", "x")).isEqualTo("x");
        assertThat(root.integer("a", 2)).isEqualTo(2);
        assertThat(root.longNumber("a", 3)).isEqualTo(3);
        assertThat(root.number("a", 4.5)).isEqualTo(4.5);
        assertThat(root.bool("a", true)).isTrue();
        assertThat(root.choice("a", Shape.class, Shape.ROUND)).isEqualTo(Shape.ROUND);
        assertThat(root.integers("a", List.of(5))).containsExactly(5);
        assertThat(root.duration("a", Duration.ofDays(6))).isEqualTo(Duration.ofDays(6));
        assertThat(root.bytes("a", 7)).isEqualTo(7);
        assertThat(root.optionalMap("a")).isEmpty();
        assertThat(root.mapOrEmpty("a").integer("b", 8)).isEqualTo(8);
        assertThat(root.has("a")).isFalse();
        assertThat(root.has("other")).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"250ms,250", "2s,2000", "5m,300000", "1h,3600000", "7d,604800000", "0ms,0"})
    void readsDurations(String text, long milliseconds) {
        assertThat(node("d: " + text).duration("d")).isEqualTo(Duration.ofMillis(milliseconds));
    }

    @ParameterizedTest
    @CsvSource({"17,17", "512KiB,524288", "64MiB,67108864", "1GiB,1073741824"})
    void readsSizes(String text, long bytes) {
        assertThat(node("b: " + text).bytes("b")).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"5", "s", "1.5s", "-1s", "1 s", "1S", "9223372036854775807d", "[1s]", "~"})
    void refusesOtherDurations(String text) {
        assertRefused("v: " + text, root -> root.duration("v"))
                .hasMessageContaining("expected a duration such as 250ms, 2s, 5m, 1h or 7d");
    }

    @ParameterizedTest
    @ValueSource(strings = {"64MB", "1.5GiB", "-1", "9223372036854775807GiB", "1 KiB", "{}"})
    void refusesOtherSizes(String text) {
        assertRefused("v: " + text, root -> root.bytes("v"))
                .hasMessageContaining("expected a size");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1.0", "\"1\"", "one", "2147483648", "0x10", "1_000", "\u0663", "~", "[]"})
    void refusesOtherIntegers(String text) {
        assertRefused("v: " + text, root -> root.integer("v"))
                .hasMessageContaining("expected a whole number");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {".nan", ".inf", "NaN", "Infinity", "1e999", "0x1p3", "1d", "\"1\"", "."})
    void refusesOtherNumbers(String text) {
        assertRefused("v: " + text, root -> root.number("v"))
                .hasMessageContaining("expected a number");
    }

    @Test
    void namesFileLineAndPath() {
        String text =
                """
                features:
                  price:
                    # a comment
                    log: "yes please"
                """;

        assertRefused(text, root -> root.map("features").map("price").bool("log", false))
                .hasMessage(
                        "pipeline.yaml:4: features.price.log: expected true or false, found"
                                + " \"yes please\"");
    }

    @Test
    void namesTheElementOfAList() {
        assertRefused("hidden:\n- 64\n- many\n", root -> root.integers("hidden", List.of()))
                .hasMessage("pipeline.yaml:3: hidden[1]: expected a whole number, found \"many\"");
    }

    @Test
    void saysWhatIsMissing() {
        assertRefused("a:\n  b: 1\n", root -> root.map("a").duration("every"))
                .hasMessage(
                        "pipeline.yaml:2: a: the key \"every\" is missing (a duration such as"
                                + " 250ms, 2s, 5m, 1h or 7d)");
        assertRefused("a: 1\n", root -> root.choice("shape", Shape.class))
                .hasMessage(
                        "pipeline.yaml:1: the key \"shape\" is missing (one of round,"
                                + " half-open)");
    }

    @Test
    void saysWhenAValueHasAnotherKind() {
        assertRefused("a: 1\n", root -> root.map("a"))
                .hasMessageEndingWith("a: expected a map, found \"1\"");
        assertRefused("a:\n", root -> root.map("a"))
                .hasMessageEndingWith("a: expected a map, found nothing");
        assertRefused("a: [1]\n", root -> root.string("a"))
                .hasMessageEndingWith("a: expected text, found a list");
        assertRefused("a: {}\n", root -> root.list("a"))
                .hasMessageEndingWith("a: expected a list, found a map");
        assertRefused("a: square\n", root -> root.choice("a", Shape.class))
                .hasMessageEndingWith("a: expected one of round, half-open, found \"square\"");
    }

    @Test
    void refusesAKeyThatNobodyAskedFor() {
        assertRefused(
                        "training:\n  micro-batch: 1\n  stalenes: 2\n",
                        root -> {
                            ConfigNode training = root.map("training");
                            training.integer("micro-batch");
                            training.integer("staleness", 1);
                            root.rejectUnknown();
                            return root;
                        })
                .hasMessage(
                        "pipeline.yaml:3: training.stalenes: unknown key; allowed are"
                                + " micro-batch, staleness; did you mean \"staleness\"?");
    }

    @Test
    void doesNotGuessAtAFarName() {
        assertRefused(
                        "colour: red\nsize: 1\n",
                        root -> {
                            root.integer("size");
                            root.rejectUnknown();
                            return root;
                        })
                .hasMessage("pipeline.yaml:1: colour: unknown key; allowed are size");
    }

    @Test
    void refusesAKeyBelowAListThatNobodyAskedFor() {
        assertRefused(
                        "layers:\n- {units: 1}\n- {unit: 2}\n",
                        root -> {
                            root.list("layers").forEach(layer -> layer.integer("units", 1));
                            root.rejectUnknown();
                            return root;
                        })
                .hasMessageStartingWith("pipeline.yaml:3: layers[1].unit: unknown key");
    }

    @Test
    void listsEntriesInTheOrderOfTheFile() {
        ConfigNode properties = node("p: {z.last: 1, a: text, m: true}").map("p");

        Map<String, String> texts =
                properties.entries().entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().text()));

        assertThat(properties.entries().keySet()).containsExactly("z.last", "a", "m");
        assertThat(texts).containsEntry("z.last", "1").containsEntry("m", "true");
        properties.rejectUnknown();
    }

    @Test
    void complainsAboutAKeyWhereItStands() {
        ConfigNode root = node("a:\n  rate: -1\n");

        assertThat(root.map("a").error("rate", "must be positive"))
                .hasMessage("pipeline.yaml:2: a.rate: must be positive");
        assertThat(root.map("a").error("decay", "must be positive"))
                .hasMessage("pipeline.yaml:2: a.decay: must be positive");
        assertThat(root.error("is wrong")).hasMessage("pipeline.yaml:1: is wrong");
        assertThat(root.map("a").path()).isEqualTo("a");
        assertThat(root.map("a").line()).isEqualTo(2);
    }

    @Test
    void keepsComplaintsToOneShortLine() {
        assertRefused("a: \"" + "x".repeat(500) + "\\n\\t\"", root -> root.integer("a"))
                .message()
                .hasSizeLessThan(150)
                .doesNotContain("\n");
    }

    @Test
    void readsJson() {
        assertThat(node("{\"a\": {\"b\": [1, 2.5E-7]}}").map("a").numbers("b", List.of()))
                .containsExactly(1.0, 2.5e-7);
    }

    static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
            String text, Function<ConfigNode, Object> read) {
        return assertThatThrownBy(() -> read.apply(node(text))).isInstanceOf(ConfigException.class);
    }

    private static ConfigNode node(String text) {
        return ConfigNode.parse(text, "pipeline.yaml");
    }
}
