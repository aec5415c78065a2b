package io.millrace.jobs.feature;

import io.millrace.model.stream.StreamUpdate;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * What an event means to one row: a question what the row holds before the event, what the event
 * changes in it, or first the one and then the other.
 *
 * @param group the row's group
 * @param key the row's key in the group
 * @param time event time, milliseconds since the epoch
 * @param rank which comes first of what happens at the same time
 * @param id of the event: its answers go there, and of what has the same time and rank the smaller
 *     one comes first
 * @param part which of the event's questions this is; {@link #NO_QUESTION} when it is none
 * @param update null when the event changes nothing in the row
 */
public record FeatureEvent(
        String group,
        String key,
        long time,
        int rank,
        String id,
        int part,
        @Nullable StreamUpdate update) {

    /** Of an event that only changes the row. */
    public static final int NO_QUESTION = -1;

    // -- ranks

    /** A profile holds from its time on. */
    static final int PROFILED = 0;

    /** Shown, or rated. */
    static final int SHOWN = 1;

    /** Labelled; and a little later what corrects that label. */
    static final int LABELLED = 2;

    /** The order in which a row is asked and changed. */
    static final Comparator<FeatureEvent> ORDER =
            Comparator.comparingLong(FeatureEvent::time)
                    .thenComparingInt(event -> Math.min(event.rank, LABELLED))
                    .thenComparing(FeatureEvent::id)
                    .thenComparingInt(FeatureEvent::rank);

    /** What a profile says; of those of the same time the later record counts. */
    static FeatureEvent profiled(String group, String key, String id, StreamUpdate update) {
        return new FeatureEvent(group, key, update.time(), PROFILED, id, NO_QUESTION, update);
    }

    /** A record that says nothing. */
    static FeatureEvent nothing(String group, String id) {
        return new FeatureEvent(group, "", 0, PROFILED, id, NO_QUESTION, null);
    }

    boolean isQuestion() {
        return part != NO_QUESTION;
    }

    boolean saysNothing() {
        return !isQuestion() && update == null;
    }

    /** The row's key among those of all groups. */
    String row() {
        return row(group, key);
    }

    /** A group's id has no line breaks. */
    static String row(String group, String key) {
        return group + "\n" + key;
    }
}
