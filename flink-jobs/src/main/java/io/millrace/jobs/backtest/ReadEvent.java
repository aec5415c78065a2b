package io.millrace.jobs.backtest;

import io.millrace.jobs.backtest.OutcomeFile.RejectedEvent;
import io.millrace.jobs.feature.FeatureEvent;
import io.millrace.jobs.label.LabelEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event or a profile of the history after it was read.
 *
 * @param place among all that the source sends
 * @param number its place among the events; {@link #PROFILE} of a profile
 * @param time event time, milliseconds since the epoch; of no meaning without {@code event}
 * @param event null when no pipeline can use it. A rating is an impression that has its label, and
 *     the empty id
 * @param profile null of an event, and when no pipeline can use it
 * @param rejected by all or by some of the pipelines
 */
record ReadEvent(
        long place,
        long number,
        long time,
        @Nullable LabelEvent<BacktestExample> event,
        @Nullable Profile profile,
        List<RejectedEvent> rejected) {

    /** The number of what is no event: behind those of all events, even of unknown number. */
    static final long PROFILE = JudgeEvent.Rejected.LAST + 1;

    /**
     * What a profile says.
     *
     * @param updates of rows
     * @param digest of its contents
     */
    record Profile(List<FeatureEvent> updates, long digest) {}

    static ReadEvent ofProfile(
            long place, @Nullable Profile profile, List<RejectedEvent> rejected) {
        return new ReadEvent(place, PROFILE, 0, null, profile, rejected);
    }

    boolean isProfile() {
        return number == PROFILE;
    }
}
