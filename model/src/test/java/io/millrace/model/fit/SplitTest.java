package io.millrace.model.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.example.Example;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SplitTest {

    private static final List<Example> EXAMPLES = Planted.examples();

    @Test
    void usageExample() {
        Split.Parts parts = Split.parse("random:0.8").of(EXAMPLES, 42);

        assertThat(parts.learned()).hasSize(480);
        assertThat(parts.held()).hasSize(120);
    }

    @ParameterizedTest
    @ValueSource(strings = {"random:0.8", "time:0.8", "random:0.333", "time:0.333"})
    void everyExampleIsInExactlyOnePart(String split) {
        Split.Parts parts = Split.parse(split).of(EXAMPLES, 42);

        List<Example> both = new ArrayList<>(parts.learned());
        both.addAll(parts.held());
        assertThat(both).usingElementComparator(SplitTest::byIdentity).hasSameSizeAs(EXAMPLES);
        assertThat(both)
                .usingElementComparator(SplitTest::byIdentity)
                .containsExactlyInAnyOrderElementsOf(EXAMPLES);
        assertThat(parts.learned())
                .hasSize((int) Math.round(Split.parse(split).share() * EXAMPLES.size()));
    }

    @Test
    void aRandomSplitIsAFunctionOfItsSeed() {
        Split split = Split.parse("random:0.8");

        assertThat(times(split.of(EXAMPLES, 1).held()))
                .isEqualTo(times(split.of(EXAMPLES, 1).held()))
                .isNotEqualTo(times(split.of(EXAMPLES, 2).held()));
    }

    @Test
    void aRandomSplitTakesFromEverywhere() {
        List<Long> held = times(Split.parse("random:0.5").of(EXAMPLES, 42).held());

        assertThat(held.stream().filter(time -> time < EXAMPLES.size() / 2).count())
                .isBetween(120L, 180L);
    }

    @Test
    void aSplitByTimeHoldsOutTheNewest() {
        List<Example> backwards = new ArrayList<>(EXAMPLES);
        Collections.reverse(backwards);

        List<Long> held = times(Split.parse("time:0.9").of(backwards, 42).held());

        assertThat(held).hasSize(60).allMatch(time -> time >= 540);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "random",
                "0.8",
                "random:",
                "random:0",
                "random:1",
                "random:1.5",
                "random:-0.1",
                "random:NaN",
                "random:much",
                "users:0.8",
                "random:0.8:1"
            })
    void whatIsNoSplitIsToldWhatWouldBe(String text) {
        assertThatThrownBy(() -> Split.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("such as random:0.8");
    }

    @Test
    void tooFewExamplesCannotBeSplit() {
        Split split = Split.parse("random:0.8");

        assertThatThrownBy(() -> split.of(EXAMPLES.subList(0, 2), 42))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 examples cannot be cut");
        assertThatThrownBy(() -> split.of(List.of(), 42)).hasMessageContaining("0 examples");
    }

    private static List<Long> times(List<Example> examples) {
        return examples.stream().map(Example::eventTime).toList();
    }

    private static int byIdentity(Example a, Example b) {
        return a == b ? 0 : Long.compare(a.eventTime(), b.eventTime());
    }
}
