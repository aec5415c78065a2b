package io.millrace.jobs.backtest;

import io.millrace.jobs.backtest.OutcomeFile.RejectedEvent;
import io.millrace.jobs.label.LabelEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event of the history after it was read.
 *
 * @param number its place in the history
 * @param time event time, milliseconds since the epoch; of no meaning without {@code event}
 * @param event null when no pipeline can use it. A rating is an impression that has its label, and
 *     the empty id
 * @param rejected by all or by some of the pipelines
 */
record ReadEvent(
        long number,
        long time,
        @Nullable LabelEvent<BacktestExample> event,
        List<RejectedEvent> rejected) {}
