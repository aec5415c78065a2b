package io.millrace.jobs.feature;

import io.millrace.model.example.Labellable;
import java.util.Comparator;

/**
 * A draft that has its label, and the place of the example among all examples.
 *
 * @param id of the event, unique among those whose labels may still change
 * @param draft with label and weight
 * @param rank which label of this event it is, when several became known at the same time
 * @param time when the label was known, in event time, milliseconds since the epoch
 */
public record LabelledDraft<E extends Labellable<E>>(
        String id, Draft<E> draft, int rank, long time) {

    /** A rating, which is its own label. */
    public static <E extends Labellable<E>> LabelledDraft<E> rated(String id, Draft<E> rating) {
        return new LabelledDraft<>(id, rating, 0, rating.eventTime());
    }

    /** The order of examples: whatever the order in which their events came. */
    static <E extends Labellable<E>> Comparator<LabelledDraft<E>> order() {
        return Comparator.<LabelledDraft<E>>comparingLong(LabelledDraft::time)
                .thenComparing(LabelledDraft::id)
                .thenComparingInt(LabelledDraft::rank);
    }
}
