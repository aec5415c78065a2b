package io.millrace.jobs.label;

import static io.millrace.jobs.label.LabelJoinHarness.IMMEDIATE;
import static io.millrace.jobs.label.LabelJoinHarness.LATE;
import static io.millrace.jobs.label.LabelJoinHarness.WAIT;
import static io.millrace.jobs.label.LabelJoinHarness.WINDOW;
import static io.millrace.jobs.label.LabelJoinHarness.labels;
import static io.millrace.jobs.label.LabelJoinHarness.payload;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.millrace.jobs.config.PipelineConfig.Labels;
import io.millrace.jobs.config.PipelineConfig.Labels.Policy;
import io.millrace.jobs.source.Origin;
import io.millrace.model.example.Example;
import io.millrace.model.loss.NegativeSample;
import io.millrace.schemas.DeadLetter;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LabelJoinTest {

    private static final long SHOWN = 10_000;
    private static final long WINDOW_END = SHOWN + WINDOW;
    private static final long LATE_END = SHOWN + LATE;

    private LabelJoinHarness join;

    @BeforeEach
    void open() throws Exception {
        join = LabelJoinHarness.open(WAIT);
    }

    @AfterEach
    void close() throws Exception {
        join.close();
    }

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

    // -- wait: labels in time

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

    // -- wait: late clicks

    @Test
    void aLateClickTakesTheNegativeBack() throws Exception {
        join.impress("a", SHOWN);
        join.watermark(WINDOW_END);
        join.click("a", LATE_END, 0);

        assertThat(join.learned())
                .containsExactly(
                        "a TIMEOUT 0 1 11000", "a REVERSAL 0 -1 13000", "a CORRECTION 1 1 13000");
        join.click("a", LATE_END, 1);
        join.click("a", SHOWN, 2);
        join.watermark(LATE_END);
        assertThat(join.learned()).hasSize(3);
        assertThat(join.deadLetters()).isEmpty();
        assertNothingIsLeft();
    }

    @Test
    void aLateClickThatIsAheadOfTheWatermarkComesAfterTheNegativeAllTheSame() throws Exception {
        join.impress("a", SHOWN);
        join.click("a", SHOWN + 2_000, 0);
        assertThat(join.learned()).isEmpty();
        assertThat(join.waiting()).isEqualTo(1);

        join.watermark(WINDOW_END);

        assertThat(join.learned())
                .containsExactly(
                        "a TIMEOUT 0 1 11000", "a REVERSAL 0 -1 12000", "a CORRECTION 1 1 12000");
        join.watermark(LATE_END);
        assertNothingIsLeft();
    }

    @Test
    void aClickInTimeOverrulesALateOneThatCameBefore() throws Exception {
        join.impress("a", SHOWN);
        join.click("a", SHOWN + 2_000, 0);
        join.click("a", WINDOW_END, 1);
        join.watermark(LATE_END);

        assertThat(join.learned()).containsExactly("a CLICK 1 1 11000");
        assertNothingIsLeft();
    }

    @Test
    void theEarliestOfTheLateClicksDecides() throws Exception {
        join.impress("a", SHOWN);
        join.click("a", SHOWN + 2_500, 0);
        join.click("a", SHOWN + 2_000, 1);
        join.click("a", SHOWN + 2_700, 2);
        join.watermark(WINDOW_END);

        assertThat(join.learned())
                .containsExactly(
                        "a TIMEOUT 0 1 11000", "a REVERSAL 0 -1 12000", "a CORRECTION 1 1 12000");
    }

    @Test
    void aClickInTheWindowThatComesAfterItsEndCorrectsWhatWentOut() throws Exception {
        join.impress("a", SHOWN);
        join.watermark(WINDOW_END);
        join.click("a", SHOWN + 5, 0);

        assertThat(join.learned())
                .containsExactly(
                        "a TIMEOUT 0 1 11000", "a REVERSAL 0 -1 11000", "a CORRECTION 1 1 11000");
    }

    @Test
    void aClickAfterTheLateWindowIsSetAsideAsLate() throws Exception {
        join = reopened(settings(labels(Policy.WAIT, WINDOW, LATE)).tellingNotes());
        join.impress("a", SHOWN);
        join.click("a", LATE_END + 1, 8);
        join.watermark(WINDOW_END);
        join.click("a", LATE_END + 1, 9);

        assertThat(join.learned()).containsExactly("a TIMEOUT 0 1 11000");
        assertThat(join.deadLetters())
                .extracting(DeadLetter::getOffset, DeadLetter::getReason)
                .containsExactly(tuple(8L, "LATE_CLICK"), tuple(9L, "LATE_CLICK"));
        assertThat(join.deadLetters().get(0).getDetail()).contains("impression a", "PT3S");
        assertThat(join.notes())
                .extracting(LabelNote::kind, LabelNote::time)
                .containsOnly(tuple(LabelNote.Kind.LATE_CLICK, LATE_END + 1));
        join.watermark(LATE_END);
        assertNothingIsLeft();
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

    // -- clicks without an impression

    @Test
    void aClickBeforeItsImpressionIsSetAsideAndLeavesTheImpressionItsChance() throws Exception {
        join.impress("a", SHOWN);
        join.click("a", SHOWN - 1, 7);
        assertThat(join.learned()).isEmpty();
        assertThat(offsets()).containsExactly(7L);

        join.click("a", SHOWN + 5, 9);

        assertThat(join.learned()).containsExactly("a CLICK 1 1 10005");
        assertThat(offsets()).containsExactly(7L);
    }

    @Test
    void theSameInAnotherOrderMakesTheSame() throws Exception {
        join.click("a", SHOWN + 5, 9);
        join.click("a", SHOWN - 1, 7);
        join.impress("a", SHOWN);

        assertThat(join.learned()).containsExactly("a CLICK 1 1 10005");
        assertThat(offsets()).containsExactly(7L);
        join.watermark(LATE_END);
        assertNothingIsLeft();
    }

    @Test
    void aClickWithoutAnImpressionIsSetAsideWhenNoneCanCome() throws Exception {
        join.click("a", SHOWN, 7);
        join.click("a", SHOWN + 10, 8);

        join.watermark(LATE_END - 1);
        assertThat(join.deadLetters()).isEmpty();

        join.watermark(LATE_END);
        assertThat(join.learned()).isEmpty();
        assertThat(join.deadLetters()).hasSize(1);
        DeadLetter letter = join.deadLetters().get(0);
        assertThat(letter.getTopic()).isEqualTo("clicks");
        assertThat(letter.getPartition()).isEqualTo(3);
        assertThat(letter.getOffset()).isEqualTo(7);
        assertThat(letter.getTimestamp()).isEqualTo(SHOWN + 17);
        assertThat(letter.getPayload().array()).isEqualTo(payload("a"));
        assertThat(letter.getReason()).isEqualTo("UNMATCHED_CLICK");
        assertThat(letter.getDetail()).contains("impression a").contains("PT3S");

        join.watermark(LATE_END + 10);
        assertThat(offsets()).containsExactly(7L, 8L);
        assertNothingIsLeft();
    }

    @Test
    void aClickThatComesWhenNoImpressionCanIsSetAsideAtOnce() throws Exception {
        join.watermark(LATE_END);
        join.click("a", SHOWN, 7);

        assertThat(offsets()).containsExactly(7L);
        assertNothingIsLeft();
    }

    @Test
    void noMoreThanSixteenClicksWaitForAnImpression() throws Exception {
        for (int i = 1; i <= 18; i++) {
            join.click("a", SHOWN + i, i);
        }

        assertThat(offsets()).containsExactly(17L, 18L);
        join.impress("a", SHOWN);
        assertThat(join.learned()).containsExactly("a CLICK 1 1 10001");
        join.watermark(LATE_END);
        assertNothingIsLeft();
    }

    // -- what comes twice, or too late

    @Test
    void duplicatesChangeNothing() throws Exception {
        join = reopened(WAIT.tellingNotes());
        join.impress("a", SHOWN);
        join.impress("a", SHOWN);
        join.click("a", SHOWN + 2, 0);
        join.click("a", SHOWN + 2, 1);
        join.impress("a", SHOWN);
        join.click("b", SHOWN + 5, 2);
        join.click("b", SHOWN + 5, 3);
        join.impress("b", SHOWN + 5);
        join.impress("b", SHOWN + 5);
        join.click("b", SHOWN + 6, 4);
        join.impress("c", SHOWN);
        join.impress("c", SHOWN);
        join.watermark(WINDOW_END + 5);
        join.impress("c", SHOWN);
        join.impress("a", SHOWN);
        join.watermark(Long.MAX_VALUE);

        assertThat(join.learned())
                .containsExactly("a CLICK 1 1 10002", "b CLICK 1 1 10005", "c TIMEOUT 0 1 11000");
        assertThat(join.deadLetters()).isEmpty();
        assertThat(join.notes())
                .extracting(note -> note.impressionId() + " " + note.kind())
                .containsExactly(
                        "a DUPLICATE_IMPRESSION",
                        "a DUPLICATE_CLICK",
                        "a DUPLICATE_IMPRESSION",
                        "b DUPLICATE_CLICK",
                        "b DUPLICATE_IMPRESSION",
                        "b DUPLICATE_CLICK",
                        "c DUPLICATE_IMPRESSION",
                        "c DUPLICATE_IMPRESSION",
                        "a DUPLICATE_IMPRESSION");
        assertNothingIsLeft();
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

    @Test
    void anImpressionIsTakenUntilItsLateWindowEnds() throws Exception {
        join.watermark(LATE_END - 1);
        join.impress("a", SHOWN);
        join.click("a", SHOWN + 1, 0);
        join.impress("b", SHOWN);
        join.watermark(LATE_END);

        assertThat(join.learned()).containsExactly("a CLICK 1 1 10001", "b TIMEOUT 0 1 11000");
        assertNothingIsLeft();
    }

    @Test
    void anImpressionAfterItsLateWindowIsSetAside() throws Exception {
        join.impress("a", SHOWN);
        join.watermark(LATE_END);
        Origin origin = new Origin("impressions", 2, 44, SHOWN + 17);
        join.impress("a", SHOWN, new Received(origin, payload("a")));
        join.impress("b", SHOWN);
        join.watermark(Long.MAX_VALUE);

        assertThat(join.learned()).containsExactly("a TIMEOUT 0 1 11000");
        assertThat(join.deadLetters())
                .extracting(DeadLetter::getReason)
                .containsExactly("LATE_IMPRESSION", "LATE_IMPRESSION");
        DeadLetter letter = join.deadLetters().get(0);
        assertThat(letter.getTopic()).isEqualTo("impressions");
        assertThat(letter.getPartition()).isEqualTo(2);
        assertThat(letter.getOffset()).isEqualTo(44);
        assertThat(letter.getPayload().array()).isEqualTo(payload("a"));
        assertThat(letter.getDetail()).contains("impression a").contains("PT3S");
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

    @Test
    void aLateClickOnADroppedNegativeHasNothingToTakeBack() throws Exception {
        join = reopened(sampled(1e-9).tellingNotes());
        join.impress("a", SHOWN);
        join.impress("b", SHOWN);
        join.click("b", SHOWN, 0);
        join.watermark(WINDOW_END);
        assertThat(join.learned()).containsExactly("b CLICK 1 1 10000");
        assertThat(join.notes())
                .extracting(note -> note.impressionId() + " " + note.kind())
                .containsExactly("a UNSAMPLED_NEGATIVE");

        join.click("a", SHOWN + 2_000, 0);
        join.click("a", SHOWN + 2_001, 0);

        assertThat(join.learned()).containsExactly("b CLICK 1 1 10000", "a CORRECTION 1 1 12000");
        join.watermark(LATE_END);
        assertNothingIsLeft();
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

    // -- state

    @Test
    void stateSurvivesARestore() throws Exception {
        join.impress("clicked later", SHOWN);
        join.impress("never clicked", SHOWN);
        join.impress("clicked before", SHOWN);
        join.click("clicked before", SHOWN + 1, 0);
        join.click("shown later", SHOWN - 1, 5);
        join.click("shown later", SHOWN + 1, 1);
        join.click("never shown", SHOWN + 1, 2);
        join.impress("clicked late", SHOWN);
        join.click("clicked late", SHOWN + 1_500, 6);
        OperatorSubtaskState first = join.snapshot();
        join.close();

        join = LabelJoinHarness.restore(WAIT, first);
        join.click("clicked later", SHOWN + 2, 3);
        join.click("clicked before", SHOWN + 2, 4);
        join.impress("shown later", SHOWN);
        join.watermark(WINDOW_END);
        assertThat(join.learned())
                .containsExactlyInAnyOrder(
                        "clicked later CLICK 1 1 10002",
                        "shown later CLICK 1 1 10001",
                        "never clicked TIMEOUT 0 1 11000",
                        "clicked late TIMEOUT 0 1 11000",
                        "clicked late REVERSAL 0 -1 11500",
                        "clicked late CORRECTION 1 1 11500");
        assertThat(offsets()).containsExactly(5L);
        OperatorSubtaskState second = join.snapshot();
        join.close();

        join = LabelJoinHarness.restore(WAIT, second);
        join.impress("never clicked", SHOWN);
        join.click("never clicked", SHOWN + 2_000, 8);
        join.click("clicked late", SHOWN + 2_000, 9);
        join.watermark(LATE_END + 1);
        assertThat(join.learned())
                .containsExactly(
                        "never clicked REVERSAL 0 -1 12000", "never clicked CORRECTION 1 1 12000");
        assertThat(offsets()).containsExactly(2L);
        assertThat(join.deadLetters().get(0).getPayload().array())
                .isEqualTo(payload("never shown"));
        assertNothingIsLeft();
    }

    /** Of 0.1.0: a second click of a key without more state is a positive that went out. */
    @Test
    void stateOfVersion010IsTakenOver() throws Exception {
        OperatorSubtaskState old;
        try (LabelJoinHarness before = LabelJoinHarness.openOf010()) {
            before.impress("open", SHOWN);
            before.impress("to be clicked", SHOWN);
            before.impress("clicked", SHOWN);
            before.click("clicked", SHOWN + 1, 0);
            before.click("clicked before", SHOWN + 1, 1);
            before.impress("clicked before", SHOWN);
            before.click("early", SHOWN + 1, 2);
            before.click("never shown", SHOWN + 1, 3);
            old = before.snapshot();
        }
        join.close();

        join = LabelJoinHarness.restore(WAIT.tellingNotes(), old);
        assertThat(join.waiting()).isEqualTo(2);
        join.impress("early", SHOWN);
        join.click("to be clicked", SHOWN + 2, 4);
        join.click("clicked", SHOWN + 2, 5);
        join.impress("clicked before", SHOWN);
        join.watermark(WINDOW_END + 1);
        join.click("clicked before", SHOWN + 2_000, 6);
        join.click("open", SHOWN + 2_000, 7);

        assertThat(join.learned())
                .containsExactly(
                        "early CLICK 1 1 10001",
                        "to be clicked CLICK 1 1 10002",
                        "open TIMEOUT 0 1 11000",
                        "open REVERSAL 0 -1 12000",
                        "open CORRECTION 1 1 12000");
        assertThat(join.notes())
                .extracting(note -> note.impressionId() + " " + note.kind())
                .containsExactly(
                        "clicked DUPLICATE_CLICK",
                        "clicked before DUPLICATE_IMPRESSION",
                        "clicked before DUPLICATE_CLICK");
        join.watermark(LATE_END + 1);
        assertThat(offsets()).containsExactly(3L);
        assertNothingIsLeft();
    }

    /** A watermark begins anew with each attempt, but a repeat stays one. */
    @Test
    void anImpressionThatWasTooLateIsSoAfterARestore() throws Exception {
        join.impress("a", SHOWN);
        join.watermark(LATE_END);
        OperatorSubtaskState snapshot = join.snapshot();
        join.close();

        join = LabelJoinHarness.restore(WAIT, snapshot);
        join.impress("a", SHOWN);
        join.watermark(Long.MAX_VALUE);
        assertThat(join.learned()).isEmpty();
        assertThat(join.deadLetters())
                .extracting(DeadLetter::getReason)
                .containsExactly("LATE_IMPRESSION");

        // The end of a bounded input is no time.
        OperatorSubtaskState ended = join.snapshot();
        join.close();
        join = LabelJoinHarness.restore(WAIT, ended);
        join.impress("b", LATE_END);
        join.watermark(Long.MAX_VALUE);
        assertThat(join.learned()).containsExactly("b TIMEOUT 0 1 14000");
    }

    @Test
    void otherWindowsAreTakenFromARestoreOn() throws Exception {
        join.impress("a", SHOWN);
        join.click("early", SHOWN, 0);
        OperatorSubtaskState snapshot = join.snapshot();
        join.close();

        join =
                LabelJoinHarness.restore(
                        settings(labels(Policy.WAIT, 2 * WINDOW, 2 * LATE)), snapshot);
        join.watermark(WINDOW_END);
        assertThat(join.learned()).isEmpty();
        join.watermark(WINDOW_END + WINDOW);
        assertThat(join.learned()).containsExactly("a TIMEOUT 0 1 12000");
        join.watermark(LATE_END + LATE - 1);
        assertThat(join.deadLetters()).isEmpty();
        join.watermark(LATE_END + LATE);
        assertThat(offsets()).containsExactly(0L);
        assertNothingIsLeft();
    }

    @Test
    void anotherPolicyIsTakenFromARestoreOn() throws Exception {
        join.impress("waits", SHOWN);
        join.impress("out", SHOWN - 500);
        join.watermark(WINDOW_END - 500);
        OperatorSubtaskState waited = join.snapshot();
        join.close();

        join = LabelJoinHarness.restore(IMMEDIATE, waited);
        join.impress("new", SHOWN + 800);
        join.click("out", SHOWN + 1_000, 1);
        join.watermark(WINDOW_END);
        assertThat(join.learned())
                .containsExactly(
                        "new SHOWN 0 1 10800",
                        "out REVERSAL 0 -1 11000",
                        "out CORRECTION 1 1 11000",
                        "waits TIMEOUT 0 1 11000");
        OperatorSubtaskState immediate = join.snapshot();
        join.close();

        join = LabelJoinHarness.restore(WAIT, immediate);
        join.click("new", SHOWN + 900, 1);
        join.watermark(Long.MAX_VALUE);
        assertThat(join.learned()).containsExactly("new CLICK 1 1 10900");
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

    @Test
    void twoSubtasksTogetherCountWhatWaitedInOne() throws Exception {
        for (String id : List.of("a", "b", "c", "d", "e")) {
            join.impress(id, SHOWN);
        }
        OperatorSubtaskState snapshot = join.snapshot();

        long waiting = 0;
        long labelled = 0;
        for (int subtask = 0; subtask < 2; subtask++) {
            OperatorSubtaskState state =
                    AbstractStreamOperatorTestHarness.repartitionOperatorState(
                            snapshot, LabelJoinHarness.SUBTASKS, 1, 2, subtask);
            try (var half = LabelJoinHarness.restore(WAIT, state, 2, subtask)) {
                waiting += half.waiting();
                half.watermark(WINDOW_END);
                labelled += half.learned().size();
                waiting += half.waiting();
            }
        }

        assertThat(labelled).isEqualTo(5);
        assertThat(waiting).isEqualTo(5);
    }

    /** At a rescale its state may go to a subtask that is given others' ids. */
    @Test
    void aSubtaskWithoutEventsKnowsTheWatermarkToo() throws Exception {
        OperatorSubtaskState state;
        try (LabelJoinHarness join = LabelJoinHarness.open(LabelJoinHarness.WAIT)) {
            join.watermark(10_000);
            state = join.snapshot();
        }
        try (LabelJoinHarness join = LabelJoinHarness.restore(LabelJoinHarness.WAIT, state)) {
            join.impress("a", 10_000 - LabelJoinHarness.LATE);

            assertThat(join.waiting()).isZero();
            assertThat(join.deadLetters())
                    .singleElement()
                    .satisfies(
                            letter -> assertThat(letter.getReason()).isEqualTo("LATE_IMPRESSION"));
        }
    }

    @Test
    void afterARescaleAllSubtasksKnowWhatIsTooLate() throws Exception {
        join.impress("a", SHOWN);
        join.watermark(LATE_END);
        OperatorSubtaskState snapshot = join.snapshot();

        for (int subtask = 0; subtask < 2; subtask++) {
            OperatorSubtaskState state =
                    AbstractStreamOperatorTestHarness.repartitionOperatorState(
                            snapshot, LabelJoinHarness.SUBTASKS, 1, 2, subtask);
            try (var half = LabelJoinHarness.restore(WAIT, state, 2, subtask)) {
                half.impress(idOf(subtask), SHOWN);
                assertThat(half.deadLetters()).hasSize(1);
            }
        }
    }

    private static String idOf(int subtask) {
        return IntStream.range(0, 100)
                .mapToObj(i -> "i" + i)
                .filter(
                        id ->
                                KeyGroupRangeAssignment.assignKeyToParallelOperator(
                                                id, LabelJoinHarness.SUBTASKS, 2)
                                        == subtask)
                .findFirst()
                .orElseThrow();
    }

    private LabelJoinHarness reopened(LabelSettings settings) throws Exception {
        join.close();
        return LabelJoinHarness.open(settings);
    }

    private static LabelSettings settings(Labels labels) {
        return new LabelSettings(labels, 1, LabelSettings.AtEnd.NEGATIVE);
    }

    private static LabelSettings sampled(double rate) {
        return new LabelSettings(WAIT.labels(), rate, LabelSettings.AtEnd.NEGATIVE);
    }

    private void assertNothingIsLeft() {
        assertThat(join.stateEntries()).isZero();
        assertThat(join.timers()).isZero();
        assertThat(join.waiting()).isZero();
    }

    private List<Long> offsets() {
        return join.deadLetters().stream().map(DeadLetter::getOffset).toList();
    }
}
