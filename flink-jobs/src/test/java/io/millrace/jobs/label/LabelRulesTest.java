package io.millrace.jobs.label;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.config.PipelineConfig.Labels.Policy;
import io.millrace.jobs.label.LabelRules.OfClick;
import io.millrace.jobs.label.LabelRules.OfTimer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LabelRulesTest {

    private static final long SHOWN = 10_000;
    private static final long WINDOW = 1_000;
    private static final long LATE = 3_000;

    private static final LabelRules RULES = rules(LabelSettings.AtEnd.NEGATIVE);

    @Test
    void usageExample() {
        Said said = RULES.atFirst();
        assertThat(said).isEqualTo(Said.NOTHING);

        long end = RULES.due(said, SHOWN);
        assertThat(end).isEqualTo(RULES.windowEnd(SHOWN)).isEqualTo(11_000);
        assertThat(RULES.timer(said, SHOWN, end, false)).isEqualTo(OfTimer.TIMEOUT);

        said = Said.NEGATIVE;
        assertThat(RULES.click(said, SHOWN, 12_000)).isEqualTo(OfClick.CORRECTION);

        said = Said.POSITIVE;
        long forget = RULES.due(said, SHOWN);
        assertThat(forget).isEqualTo(RULES.lateEnd(SHOWN)).isEqualTo(13_000);
        assertThat(RULES.timer(said, SHOWN, forget, false)).isEqualTo(OfTimer.FORGET);
    }

    // -- policy and windows

    @Test
    void withoutWaitingAnImpressionIsSaidToBeANegativeAtOnce() {
        LabelRules immediate = of(Policy.IMMEDIATE, LATE);

        assertThat(immediate.atFirst()).isEqualTo(Said.SHOWN);
        assertThat(immediate.due(immediate.atFirst(), SHOWN)).isEqualTo(SHOWN + LATE);
    }

    @Test
    void theLateWindowIsNeverShorterThanTheWindow() {
        assertThat(of(Policy.WAIT, LATE)).isEqualTo(RULES);
        assertThat(of(Policy.WAIT, LATE).corrects()).isTrue();
        assertThat(of(Policy.WAIT, 0).lateWindow()).isEqualTo(WINDOW);
        assertThat(of(Policy.WAIT, WINDOW).corrects()).isFalse();
    }

    @Test
    void anEventIsOverWhenTheWatermarkReachesTheEndOfItsLateWindow() {
        assertThat(RULES.isOver(SHOWN, SHOWN + LATE - 1)).isFalse();
        assertThat(RULES.isOver(SHOWN, SHOWN + LATE)).isTrue();
        assertThat(RULES.isOver(SHOWN, Long.MIN_VALUE)).isFalse();
    }

    @Test
    void aCorrectionIsNeverKnownBeforeItsNegative() {
        assertThat(RULES.correctionTime(SHOWN, SHOWN + 5)).isEqualTo(SHOWN + WINDOW);
        assertThat(RULES.correctionTime(SHOWN, SHOWN + 2_000)).isEqualTo(SHOWN + 2_000);
    }

    // -- clicks

    @ParameterizedTest
    @CsvSource({
        "NOTHING, POSITIVE, AWAITS_WINDOW_END",
        "LATE_CLICK_WAITS, POSITIVE, AWAITS_WINDOW_END",
        "NEGATIVE, CORRECTION, CORRECTION",
        "UNSAMPLED, CORRECTION, CORRECTION",
        "SHOWN, POSITIVE, POSITIVE",
        "POSITIVE, DUPLICATE, DUPLICATE"
    })
    void whatAClickMeans(Said said, OfClick inWindow, OfClick late) {
        assertThat(RULES.click(said, SHOWN, SHOWN)).isEqualTo(inWindow);
        assertThat(RULES.click(said, SHOWN, SHOWN + WINDOW)).isEqualTo(inWindow);
        assertThat(RULES.click(said, SHOWN, SHOWN + WINDOW + 1)).isEqualTo(late);
        assertThat(RULES.click(said, SHOWN, SHOWN + LATE)).isEqualTo(late);
    }

    @ParameterizedTest
    @EnumSource(Said.class)
    void aClickBeforeItsImpressionOrAfterTheLateWindowMeansNothing(Said said) {
        assertThat(RULES.click(said, SHOWN, SHOWN - 1)).isEqualTo(OfClick.UNMATCHED);
        assertThat(RULES.click(said, SHOWN, SHOWN + LATE + 1)).isEqualTo(OfClick.TOO_LATE);
    }

    // -- timers

    @ParameterizedTest
    @CsvSource({
        "NOTHING, 1000, TIMEOUT",
        "LATE_CLICK_WAITS, 1000, TIMEOUT",
        "NEGATIVE, 3000, FORGET",
        "UNSAMPLED, 3000, FORGET",
        "SHOWN, 3000, FORGET",
        "POSITIVE, 3000, FORGET"
    })
    void whatATimerMeans(Said said, long due, OfTimer meaning) {
        assertThat(RULES.due(said, SHOWN)).isEqualTo(SHOWN + due);
        assertThat(RULES.timer(said, SHOWN, SHOWN + due - 1, false)).isEqualTo(OfTimer.TOO_SOON);
        assertThat(RULES.timer(said, SHOWN, SHOWN + due, false)).isEqualTo(meaning);
        assertThat(RULES.timer(said, SHOWN, SHOWN + due, true)).isEqualTo(meaning);
    }

    @ParameterizedTest
    @EnumSource(Said.class)
    void theEndOfTheInputLeavesOnlyThatUnknownOfWhichNothingIsSaid(Said said) {
        LabelRules rules = rules(LabelSettings.AtEnd.UNKNOWN);
        long due = rules.due(said, SHOWN);

        assertThat(rules.timer(said, SHOWN, due, true))
                .isEqualTo(
                        said == Said.NOTHING
                                ? OfTimer.UNLABELLED
                                : RULES.timer(said, SHOWN, due, true));
        assertThat(rules.timer(said, SHOWN, due, false))
                .isEqualTo(RULES.timer(said, SHOWN, due, false));
    }

    private static LabelRules rules(LabelSettings.AtEnd atEnd) {
        return new LabelRules(true, WINDOW, LATE, atEnd);
    }

    private static LabelRules of(Policy policy, long late) {
        return LabelRules.of(
                new LabelSettings(
                        LabelJoinHarness.labels(policy, WINDOW, late),
                        1,
                        LabelSettings.AtEnd.NEGATIVE));
    }
}
