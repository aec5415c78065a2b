package io.millrace.jobs.label;

import static io.millrace.jobs.label.LabelJoinHarness.WAIT;
import static io.millrace.jobs.label.LabelJoinHarness.payload;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.source.Origin;
import io.millrace.schemas.DeadLetter;
import org.junit.jupiter.api.Test;

/**
 * What makes no example: clicks without an impression, what comes twice, and what comes too late.
 */
class LabelJoinRefusalTest extends LabelJoinCase {

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
    void aClickThatIsRepeatedBeforeItsImpressionIsSetAsideOnce() throws Exception {
        join.click("a", SHOWN, 7);
        join.click("a", SHOWN, 8);
        join.watermark(LATE_END);

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
}
