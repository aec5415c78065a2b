package io.millrace.jobs.label;

import static io.millrace.jobs.label.LabelJoinHarness.LATE;
import static io.millrace.jobs.label.LabelJoinHarness.WINDOW;
import static io.millrace.jobs.label.LabelJoinHarness.labels;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.millrace.jobs.config.PipelineConfig.Labels.Policy;
import io.millrace.schemas.DeadLetter;
import org.junit.jupiter.api.Test;

/** A click after its window corrects what has been learned. */
class LabelJoinLateClickTest extends LabelJoinCase {

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
}
