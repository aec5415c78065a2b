package io.millrace.jobs.backtest;

import io.millrace.model.example.Example;
import io.millrace.model.example.Labellable;
import io.millrace.model.stream.StreamKeys;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What all pipelines make of one event.
 *
 * @param number of the event in the history
 * @param digest of what the event says: user, item and features
 * @param user a digest of the event's user
 * @param slices for each slice field its value as text, empty for a missing one
 * @param examples for each pipeline its input, null where it cannot use the event; labels are
 *     elsewhere
 * @param label 0 or 1 for clicks, the rating for ratings
 * @param weight importance
 * @param eventTime milliseconds since the epoch
 * @param problems why some of the pipelines cannot use it
 * @param keys whose rows have the stream features that the inputs still lack; none when they lack
 *     nothing
 */
record BacktestExample(
        long number,
        long digest,
        long user,
        List<String> slices,
        @Nullable Example[] examples,
        float label,
        float weight,
        long eventTime,
        List<Problem> problems,
        StreamKeys keys)
        implements Labellable<BacktestExample> {

    /** Lacks no stream features. */
    BacktestExample(
            long number,
            long digest,
            long user,
            List<String> slices,
            @Nullable Example[] examples,
            float label,
            float weight,
            long eventTime,
            List<Problem> problems) {
        this(
                number,
                digest,
                user,
                slices,
                examples,
                label,
                weight,
                eventTime,
                problems,
                StreamKeys.NONE);
    }

    @Override
    public BacktestExample labelled(float newLabel, float newWeight) {
        return new BacktestExample(
                number, digest, user, slices, examples, newLabel, newWeight, eventTime, problems,
                keys);
    }

    /** The same as the event of this number; its problems have been told. */
    BacktestExample of(long newNumber) {
        return new BacktestExample(
                newNumber, digest, user, slices, examples, label, weight, eventTime, List.of(),
                keys);
    }

    /** The same with inputs that lack nothing. */
    BacktestExample complete(@Nullable Example[] inputs) {
        return new BacktestExample(
                number, digest, user, slices, inputs, label, weight, eventTime, problems);
    }

    /** A pipeline's labelled example; null if it cannot use the event. */
    @Nullable Example example(int pipeline) {
        Example example = examples[pipeline];
        return example == null ? null : example.labelled(label, weight);
    }

    /** Why a pipeline cannot use an event. */
    record Problem(int pipeline, String detail) {}
}
