package io.millrace.jobs.label;

import static io.millrace.jobs.label.LabelJoinHarness.IMMEDIATE;
import static io.millrace.jobs.label.LabelJoinHarness.LATE;
import static io.millrace.jobs.label.LabelJoinHarness.WAIT;
import static io.millrace.jobs.label.LabelJoinHarness.WINDOW;
import static io.millrace.jobs.label.LabelJoinHarness.labels;
import static io.millrace.jobs.label.LabelJoinHarness.payload;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.config.PipelineConfig.Labels.Policy;
import io.millrace.schemas.DeadLetter;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** What the join knows after a restore, with other settings and after a rescale too. */
class LabelJoinRestoreTest extends LabelJoinCase {

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

    @Test
    void stateInFourIsTakenOver() throws Exception {
        OperatorSubtaskState old;
        try (LabelJoinHarness before = LabelJoinHarness.openOfFour()) {
            before.impress("negative", SHOWN - WINDOW);
            before.impress("negative, not clicked", SHOWN - WINDOW);
            before.watermark(SHOWN);
            before.impress("open", SHOWN);
            before.impress("clicked", SHOWN);
            before.click("clicked", SHOWN + 1, 0);
            before.impress("clicked late", SHOWN);
            before.click("clicked late", SHOWN + 1_500, 1);
            before.click("early", SHOWN + 2, 2);
            before.click("early", SHOWN + 1, 3);
            before.click("never shown", SHOWN + 1, 4);
            before.click("never shown", SHOWN + 2, 5);
            old = before.snapshot();
        }
        join.close();

        join = LabelJoinHarness.restore(WAIT.tellingNotes(), old);
        join.watermark(SHOWN);
        // Some are taken over before the next restore, some only after it.
        join.impress("early", SHOWN);
        join.click("clicked", SHOWN + 2, 6);
        OperatorSubtaskState between = join.snapshot();
        assertThat(join.learned()).containsExactly("early CLICK 1 1 10001");
        assertThat(join.notes())
                .extracting(note -> note.impressionId() + " " + note.kind())
                .containsExactly("early DUPLICATE_CLICK", "clicked DUPLICATE_CLICK");
        join.close();

        join = LabelJoinHarness.restore(WAIT.tellingNotes(), between);
        join.click("negative", SHOWN + 1, 7);
        join.impress("open", SHOWN);
        join.watermark(WINDOW_END);
        assertThat(join.learned())
                .containsExactlyInAnyOrder(
                        "negative REVERSAL 0 -1 10001",
                        "negative CORRECTION 1 1 10001",
                        "open TIMEOUT 0 1 11000",
                        "clicked late TIMEOUT 0 1 11000",
                        "clicked late REVERSAL 0 -1 11500",
                        "clicked late CORRECTION 1 1 11500");
        join.click("early", SHOWN + 2_000, 8);
        join.impress("clicked", SHOWN);
        join.watermark(LATE_END + 2);
        assertThat(join.learned()).hasSize(6);
        assertThat(join.notes())
                .extracting(note -> note.impressionId() + " " + note.kind())
                .containsExactly(
                        "open DUPLICATE_IMPRESSION",
                        "early DUPLICATE_CLICK",
                        "clicked DUPLICATE_IMPRESSION",
                        "never shown UNMATCHED_CLICK",
                        "never shown UNMATCHED_CLICK");
        assertThat(offsets()).containsExactly(4L, 5L);
        assertThat(join.stateEntries()).isZero();
        assertThat(join.timers()).isZero();
    }

    @Test
    void clicksAloneAreTakenOverToo() throws Exception {
        OperatorSubtaskState old;
        try (LabelJoinHarness before = LabelJoinHarness.openOf010()) {
            before.click("early", SHOWN + 1, 0);
            old = before.snapshot();
        }
        join.close();

        join = LabelJoinHarness.restore(WAIT, old);
        join.impress("early", SHOWN);
        assertThat(join.learned()).containsExactly("early CLICK 1 1 10001");
        OperatorSubtaskState takenOver = join.snapshot();
        join.close();

        // Nothing is left in the former states, so they are not even opened.
        join = LabelJoinHarness.restore(WAIT.tellingNotes(), takenOver);
        join.click("early", SHOWN + 2, 1);
        assertThat(join.notes())
                .extracting(LabelNote::kind)
                .containsExactly(LabelNote.Kind.DUPLICATE_CLICK);
    }

    @Test
    void stateOfVersion010SurvivesARescaleBeforeItIsTakenOver() throws Exception {
        OperatorSubtaskState old;
        try (LabelJoinHarness before = LabelJoinHarness.openOf010()) {
            before.impress(idOf(0), SHOWN);
            old = before.snapshot();
        }
        join.close();
        OperatorSubtaskState[] two = new OperatorSubtaskState[2];
        for (int subtask = 0; subtask < 2; subtask++) {
            try (var half = LabelJoinHarness.restore(WAIT, half(old, subtask), 2, subtask)) {
                half.impress(idOf(subtask, "new"), SHOWN);
                two[subtask] = half.snapshot();
            }
        }

        join = LabelJoinHarness.restore(WAIT, together(two));
        join.click(idOf(0), SHOWN + 1, 0);
        join.click(idOf(0, "new"), SHOWN + 1, 1);
        join.click(idOf(1, "new"), SHOWN + 1, 2);
        assertThat(join.learned())
                .containsExactly(
                        idOf(0) + " CLICK 1 1 10001",
                        idOf(0, "new") + " CLICK 1 1 10001",
                        idOf(1, "new") + " CLICK 1 1 10001");
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

    // -- other settings

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

    // -- other subtasks

    @Test
    void twoSubtasksTogetherCountWhatWaitedInOne() throws Exception {
        for (String id : List.of("a", "b", "c", "d", "e")) {
            join.impress(id, SHOWN);
        }
        OperatorSubtaskState snapshot = join.snapshot();

        long waiting = 0;
        long labelled = 0;
        for (int subtask = 0; subtask < 2; subtask++) {
            try (var half = LabelJoinHarness.restore(WAIT, half(snapshot, subtask), 2, subtask)) {
                waiting += half.waiting();
                half.watermark(WINDOW_END);
                labelled += half.learned().size();
                waiting += half.waiting();
            }
        }

        assertThat(labelled).isEqualTo(5);
        assertThat(waiting).isEqualTo(5);
    }

    @Test
    void oneSubtaskCountsWhatWaitedInTwo() throws Exception {
        join.impress(idOf(0), SHOWN);
        join.impress(idOf(1), SHOWN);
        OperatorSubtaskState one = join.snapshot();
        OperatorSubtaskState[] two = new OperatorSubtaskState[2];
        for (int subtask = 0; subtask < 2; subtask++) {
            try (var half = LabelJoinHarness.restore(WAIT, half(one, subtask), 2, subtask)) {
                half.impress(idOf(subtask, "more"), SHOWN);
                two[subtask] = half.snapshot();
            }
        }
        join.close();

        join = LabelJoinHarness.restore(WAIT, together(two));

        assertThat(join.waiting()).isEqualTo(4);
        join.watermark(WINDOW_END);
        assertThat(join.waiting()).isZero();
        assertThat(join.learned()).hasSize(4);
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
            try (var half = LabelJoinHarness.restore(WAIT, half(snapshot, subtask), 2, subtask)) {
                half.impress(idOf(subtask), SHOWN);
                assertThat(half.deadLetters()).hasSize(1);
            }
        }
    }

    /** What one of two subtasks is given of the state of one. */
    private static OperatorSubtaskState half(OperatorSubtaskState whole, int subtask)
            throws Exception {
        return AbstractStreamOperatorTestHarness.repartitionOperatorState(
                whole, LabelJoinHarness.SUBTASKS, 1, 2, subtask);
    }

    /** What one subtask is given of the state of two. */
    private static OperatorSubtaskState together(OperatorSubtaskState... two) throws Exception {
        return AbstractStreamOperatorTestHarness.repartitionOperatorState(
                AbstractStreamOperatorTestHarness.repackageState(two),
                LabelJoinHarness.SUBTASKS,
                2,
                1,
                0);
    }

    private static String idOf(int subtask) {
        return idOf(subtask, "i");
    }

    private static String idOf(int subtask, String prefix) {
        return IntStream.range(0, 100)
                .mapToObj(i -> prefix + i)
                .filter(
                        id ->
                                KeyGroupRangeAssignment.assignKeyToParallelOperator(
                                                id, LabelJoinHarness.SUBTASKS, 2)
                                        == subtask)
                .findFirst()
                .orElseThrow();
    }
}
