package io.millrace.jobs.label;

import static io.millrace.jobs.label.LabelJoinHarness.IMMEDIATE;
import static io.millrace.jobs.label.LabelJoinHarness.WAIT;
import static io.millrace.jobs.label.LabelJoinHarness.WINDOW;
import static io.millrace.jobs.label.LabelJoinHarness.labels;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.config.PipelineConfig.Labels.Policy;
import io.millrace.model.example.Example;
import io.millrace.model.loss.NegativeSample;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The labels of an impression, and what else is told of it. */
class LabelJoinTest extends LabelJoinCase {

    @Test
    void usageExample() throws Exception {
        join.impress("a", SHOWN);
        join.impress("b", SHOWN);
        join.impress("c", SHOWN);
        join.click("a", SHOWN + 300, 0);
        join.watermark(WINDOW_END);
        join.click("c", SHOWN + 2_000, 1);
        join.watermark(LATE_END);

        assertThat(join.learned())
                .containsExactlyInAnyOrder(
                        "a CLICK 1 1 10300",
                        "b TIMEOUT 0 1 11000",
                        "c TIMEOUT 0 1 11000",
                        "c REVERSAL 0 -1 12000",
                        "c CORRECTION 1 1 12000");
        assertThat(join.outcomes())
                .allSatisfy(
                        outcome -> {
                            Example example = outcome.example();
                            assertThat(example.numeric())
                                    .isEqualTo(LabelJoinHarness.mark(outcome.impressionId()));
                            assertThat(example.eventTime()).isEqualTo(SHOWN);
                        });
        assertNothingIsLeft();
    }

    // -- wait

    @Test
    void aClickMakesAPositiveAtOnce() throws Exception {
        join.impress("a", SHOWN);
        assertThat(join.learned()).isEmpty();

        join.click("a", SHOWN + 1, 0);

        assertThat(join.learned()).containsExactly("a CLICK 1 1 10001");
        join.watermark(Long.MAX_VALUE);
        assertThat(join.learned()).hasSize(1);
        assertThat(join.deadLetters()).isEmpty();
    }

    @Test
    void anImpressionWithoutAClickIsANegativeWhenItsWindowEnds() throws Exception {
        join.impress("a", SHOWN);

        join.watermark(WINDOW_END - 1);
        assertThat(join.learned()).isEmpty();

        join.watermark(WINDOW_END);
        assertThat(join.learned()).containsExactly("a TIMEOUT 0 1 11000");
        join.watermark(Long.MAX_VALUE);
        assertThat(join.learned()).hasSize(1);
        assertNothingIsLeft();
    }

    @Test
    void aClickThatComesFirstWaitsForItsImpression() throws Exception {
        join.click("a", SHOWN + 1, 0);
        assertThat(join.learned()).isEmpty();

        join.impress("a", SHOWN);

        assertThat(join.learned()).containsExactly("a CLICK 1 1 10001");
        join.watermark(LATE_END);
        assertThat(join.learned()).hasSize(1);
        assertThat(join.deadLetters()).isEmpty();
        assertNothingIsLeft();
    }

    @Test
    void theWindowIncludesBothOfItsEnds() throws Exception {
        join.impress("a", SHOWN);
        join.click("a", SHOWN, 0);
        join.impress("b", SHOWN);
        join.click("b", WINDOW_END, 1);
        join.impress("c", SHOWN);
        join.click("c", WINDOW_END + 1, 2);

        assertThat(join.learned()).containsExactly("a CLICK 1 1 10000", "b CLICK 1 1 11000");
        assertThat(join.deadLetters()).isEmpty();
    }

    @Test
    void withoutALateWindowNothingIsKeptPastTheWindow() throws Exception {
        join = reopened(settings(labels(Policy.WAIT, WINDOW, WINDOW)));
        join.impress("a", SHOWN);
        join.click("b", SHOWN, 0);
        join.impress("b", SHOWN);
        join.watermark(WINDOW_END);

        assertThat(join.learned()).containsExactly("b CLICK 1 1 10000", "a TIMEOUT 0 1 11000");
        assertNothingIsLeft();
    }

    @Test
    void countsTheImpressionsThatWait() throws Exception {
        join.impress("clicked", SHOWN);
        join.impress("clicked", SHOWN);
        join.impress("not clicked", SHOWN);
        join.click("clicked before", SHOWN + 1, 0);
        join.impress("clicked before", SHOWN);
        join.click("too early", SHOWN - 1, 1);
        join.impress("too early", SHOWN);
        assertThat(join.waiting()).isEqualTo(3);

        join.click("clicked", SHOWN + 1, 2);
        join.click("clicked", SHOWN + 2, 3);
        assertThat(join.waiting()).isEqualTo(2);

        join.watermark(WINDOW_END);
        assertThat(join.waiting()).isZero();
        join.watermark(LATE_END);
        assertNothingIsLeft();
    }

    // -- immediate

    @Test
    void withoutWaitingAnImpressionIsANegativeAtOnceAndItsClickAPositiveToo() throws Exception {
        join = reopened(IMMEDIATE);
        join.impress("a", SHOWN);
        assertThat(join.learned()).containsExactly("a SHOWN 0 1 10000");
        join.impress("b", SHOWN);
        join.impress("a", SHOWN);
        join.click("a", SHOWN + 1, 0);
        join.click("a", SHOWN + 2, 1);
        join.watermark(WINDOW_END);
        assertThat(join.waiting()).isEqualTo(1);
        join.click("b", LATE_END, 2);
        join.click("c", SHOWN, 3);
        join.impress("c", SHOWN);
        join.impress("d", SHOWN);
        join.click("d", LATE_END + 1, 4);
        join.watermark(LATE_END);

        assertThat(join.learned())
                .containsExactly(
                        "a SHOWN 0 1 10000",
                        "b SHOWN 0 1 10000",
                        "a CLICK 1 1 10001",
                        "b CLICK 1 1 13000",
                        "c SHOWN 0 1 10000",
                        "c CLICK 1 1 10000",
                        "d SHOWN 0 1 10000");
        assertThat(offsets()).containsExactly(4L);
        assertNothingIsLeft();
    }

    // -- negative sampling

    @Test
    void sampledNegativesAreThoseOfTheHash() throws Exception {
        join = reopened(sampled(0.1));
        List<String> ids = IntStream.range(0, 2_000).mapToObj(i -> "i" + i).toList();
        for (String id : ids) {
            join.impress(id, SHOWN);
        }
        join.watermark(WINDOW_END);

        NegativeSample sample = new NegativeSample(0.1);
        assertThat(join.outcomes())
                .extracting(LabelOutcome::impressionId)
                .containsExactlyInAnyOrderElementsOf(ids.stream().filter(sample::contains).toList())
                .hasSizeBetween(160, 240);
    }

    // -- what is told beside examples

    @Test
    void tellsOfImpressionsAndOfDroppedNegativesWhenAsked() throws Exception {
        join = reopened(sampled(1e-9).tellingShown());
        join.click("a", SHOWN + 3, 0);
        join.impress("a", SHOWN);
        join.impress("b", SHOWN);
        join.impress("b", SHOWN);
        join.watermark(WINDOW_END);
        join.click("b", SHOWN + 2_000, 1);

        assertThat(join.told())
                .containsExactly(
                        "a shown",
                        "a CLICK 1 1 10003",
                        "b shown",
                        "b unsampled TIMEOUT 0 1 11000",
                        "b unsampled REVERSAL 0 -1 12000",
                        "b CORRECTION 1 1 12000");
    }

    @Test
    void nothingIsNotedUnlessAskedFor() throws Exception {
        join.impress("a", SHOWN);
        join.impress("a", SHOWN);
        join.click("a", SHOWN - 2, 0);
        join.watermark(LATE_END);

        assertThat(join.notes()).isEmpty();
        assertThat(join.told()).containsExactly("a TIMEOUT 0 1 11000");
    }

    // -- the end of the input

    @Test
    void theEndOfTheInputMakesNegativesWhereNobodyClicksAnyMore() throws Exception {
        join.impress("a", SHOWN);
        join.watermark(Long.MAX_VALUE);

        assertThat(join.learned()).containsExactly("a TIMEOUT 0 1 11000");
        assertThat(join.unlabelled()).isEmpty();
        assertNothingIsLeft();
    }

    @Test
    void theEndOfTheInputLeavesOpenWindowsWithoutALabel() throws Exception {
        join = reopened(new LabelSettings(WAIT.labels(), 1, LabelSettings.AtEnd.UNKNOWN));
        join.impress("ended", SHOWN);
        join.impress("open", SHOWN + 1);
        join.impress("clicked", SHOWN + 1);
        join.impress("clicked late", SHOWN + 1);
        join.click("clicked", SHOWN + 2, 0);
        join.click("clicked late", SHOWN + 2_001, 0);
        join.click("never shown", SHOWN + 2, 7);
        join.watermark(WINDOW_END);
        assertThat(join.learned())
                .containsExactly("clicked CLICK 1 1 10002", "ended TIMEOUT 0 1 11000");

        join.watermark(Long.MAX_VALUE);

        assertThat(join.learned().subList(2, 5))
                .containsExactly(
                        "clicked late TIMEOUT 0 1 11001",
                        "clicked late REVERSAL 0 -1 12001",
                        "clicked late CORRECTION 1 1 12001");
        assertThat(join.learned()).hasSize(5);
        assertThat(join.unlabelled()).containsExactly(SHOWN + 1);
        assertThat(offsets()).containsExactly(7L);
        assertNothingIsLeft();
    }
}
