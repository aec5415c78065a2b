package io.millrace.jobs.cli.backtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is said of who won. */
class VerdictTest {

    private static final Map<String, Double> THREE = Map.of("deep", 0.78, "flat", 0.76, "old", 0.7);

    @Test
    void usageExample() {
        Verdict verdict = new Verdict(Reports.of(THREE).report());

        assertThat(verdict.title()).isEqualTo("deep predicted best");
        assertThat(verdict.headline())
                .isEqualTo(
                        "deep has the highest AUC, 0.7800: ahead of flat, the next best, by 0.0200"
                                + " (95% interval +0.0160 to +0.0240, p < 0.001), over 60,000"
                                + " impressions in 30 windows of 1d. Its lead over old is more than"
                                + " chance.");
        assertThat(verdict.comparisons())
                .hasSize(3)
                .first()
                .asString()
                .isEqualTo(
                        "deep against flat: AUC higher by 0.0200 (95% interval +0.0160 to +0.0240,"
                                + " p < 0.001): deep is better");
    }

    @Test
    void aLeadIsToldWithoutItsSignWhicheverPipelineCameFirst() {
        Verdict verdict = new Verdict(Reports.of(Map.of("a", 0.7, "b", 0.75)).report());

        assertThat(verdict.headline())
                .contains("by 0.0500 (95% interval +0.0460 to +0.0540, p < 0.001)");
        assertThat(verdict.comparisons())
                .containsExactly(
                        "a against b: AUC lower by 0.0500 (95% interval \u22120.0540 to"
                                + " \u22120.0460, p < 0.001): b is better");
    }

    @Test
    void nobodyWinsWhatMayBeChance() {
        Verdict verdict = new Verdict(Reports.of(THREE).p(0.41).report());

        assertThat(verdict.title()).isEqualTo("No clear winner");
        assertThat(verdict.headline())
                .contains("its lead of 0.0200 over flat may be chance (p = 0.41)")
                .contains("Nor can it be told from old.");
        assertThat(verdict.comparisons()).allMatch(text -> text.endsWith("may be chance"));
    }

    @Test
    void aSmallPAmongManyRivalsMayStillBeChance() {
        assertThat(new Verdict(Reports.of(THREE).p(0.03).report()).title())
                .isEqualTo("No clear winner");
        assertThat(new Verdict(Reports.of(Map.of("a", 0.7, "b", 0.8)).p(0.03).report()).title())
                .isEqualTo("b predicted best");
    }

    @Test
    void fewWindowsTellNothing() {
        Verdict one = new Verdict(Reports.of(THREE).windows(1).p(null).report());
        Verdict five = new Verdict(Reports.of(THREE).windows(5).p(0.01).report());

        assertThat(one.title()).isEqualTo("No clear winner");
        assertThat(one.headline())
                .contains("but 1 window of 1d is too few to tell its lead of 0.0200 over flat")
                .contains("a shorter --window makes more of them");
        assertThat(five.title()).isEqualTo("No clear winner");
        assertThat(five.headline()).contains("5 windows of 1d are too few");
        assertThat(five.comparisons()).allMatch(text -> text.endsWith("too few windows to tell"));
    }

    @Test
    void aPipelineAloneIsComparedWithTheBaseRate() {
        Verdict good = new Verdict(Reports.of(Map.of("only", 0.71)).report());
        Verdict bad = new Verdict(Reports.of(Map.of("only", 0.49)).report());

        assertThat(good.title()).isEqualTo("only: AUC 0.7100");
        assertThat(good.headline())
                .startsWith("The AUC of only is 0.7100 (95% interval 0.7050 to 0.7150), over")
                .endsWith("That is better than always saying the mean label so far (0.5000).");
        assertThat(bad.headline()).contains("That is no better than always saying");
    }

    @Test
    void theBestOfBadOnesIsCalledThat() {
        assertThat(new Verdict(Reports.of(Map.of("a", 0.4, "b", 0.45)).report()).headline())
                .endsWith(
                        "No pipeline is better than always saying the mean label so far (0.5000).");
    }

    @Test
    void syncsAreCompared() {
        Verdict verdict =
                new Verdict(Reports.of(Map.of("a", 0.7)).syncs("0", "1h", "never").report());

        assertThat(verdict.comparisons())
                .containsExactly(
                        "a, weights that follow at once against every 1h: AUC higher by 0.0100 (95%"
                                + " interval +0.0060 to +0.0140, p < 0.001): at once is better",
                        "a, weights that follow at once against never: AUC higher by 0.0200 (95%"
                                + " interval +0.0160 to +0.0240, p < 0.001): at once is better");
    }
}
