package io.millrace.jobs.backtest;

import io.millrace.jobs.backtest.OutcomeFile.RejectedEvent;
import io.millrace.jobs.train.BatchOutcome;
import java.util.List;

/** What the {@link Judge} hears of. */
sealed interface JudgeEvent {

    /**
     * An example has its label; in the order in which it is learned.
     *
     * @param number of its event in the history
     * @param present for each pipeline whether it has this example
     */
    record Joined(
            long number,
            long digest,
            long user,
            long time,
            float label,
            float weight,
            List<String> slices,
            boolean[] present)
            implements JudgeEvent {

        /** The same with another label and weight. */
        Joined of(float newLabel, float newWeight) {
            return new Joined(number, digest, user, time, newLabel, newWeight, slices, present);
        }

        static Joined of(BacktestExample example) {
            boolean[] present = new boolean[example.examples().length];
            for (int i = 0; i < present.length; i++) {
                present[i] = example.examples()[i] != null;
            }
            return new Joined(
                    example.number(),
                    example.digest(),
                    example.user(),
                    example.eventTime(),
                    example.label(),
                    example.weight(),
                    example.slices(),
                    present);
        }
    }

    /** A pipeline has predicted its next examples. */
    record Predicted(int pipeline, BatchOutcome outcome) implements JudgeEvent {}

    /**
     * An event or a profile cannot be used.
     *
     * @param number of the event in the history; {@link #LAST} when that is not known, {@link
     *     ReadEvent#PROFILE} of a profile
     */
    record Rejected(long number, RejectedEvent event) implements JudgeEvent {
        static final long LAST = Long.MAX_VALUE - 1;
    }

    /** An impression whose window had not ended when the history did. */
    record Unlabelled() implements JudgeEvent {}

    /**
     * The profiles of the history have been read.
     *
     * @param count of those that a pipeline can use
     * @param fingerprint SHA-256 over their contents in their order, in hexadecimal
     */
    record Profiles(long count, String fingerprint) implements JudgeEvent {}

    /** The history has ended after so many events. */
    record Ended(long events) implements JudgeEvent {}
}
