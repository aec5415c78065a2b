package io.millrace.jobs.label;

import static io.millrace.jobs.label.LabelJoinHarness.LATE;
import static io.millrace.jobs.label.LabelJoinHarness.WAIT;
import static io.millrace.jobs.label.LabelJoinHarness.WINDOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.config.PipelineConfig.Labels;
import io.millrace.schemas.DeadLetter;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A join that waits, for impressions that are shown at one time. */
abstract class LabelJoinCase {

    static final long SHOWN = 10_000;
    static final long WINDOW_END = SHOWN + WINDOW;
    static final long LATE_END = SHOWN + LATE;

    LabelJoinHarness join;

    @BeforeEach
    void open() throws Exception {
        join = LabelJoinHarness.open(WAIT);
    }

    @AfterEach
    void close() throws Exception {
        join.close();
    }

    LabelJoinHarness reopened(LabelSettings settings) throws Exception {
        join.close();
        return LabelJoinHarness.open(settings);
    }

    static LabelSettings settings(Labels labels) {
        return new LabelSettings(labels, 1, LabelSettings.AtEnd.NEGATIVE);
    }

    static LabelSettings sampled(double rate) {
        return new LabelSettings(WAIT.labels(), rate, LabelSettings.AtEnd.NEGATIVE);
    }

    void assertNothingIsLeft() {
        assertThat(join.stateEntries()).isZero();
        assertThat(join.timers()).isZero();
        assertThat(join.waiting()).isZero();
    }

    List<Long> offsets() {
        return join.deadLetters().stream().map(DeadLetter::getOffset).toList();
    }
}
