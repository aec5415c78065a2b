package io.millrace.jobs.label;

import io.millrace.model.example.Labellable;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the label join keeps of an impression id: one record, so that an event takes one look-up.
 *
 * @param <E> what is labelled
 */
sealed interface Kept<E> {

    /**
     * The impression has not come.
     *
     * @param clicks one at least, in the order of event time
     */
    record Early<E>(List<Clicked> clicks) implements Kept<E> {}

    /**
     * The impression has come.
     *
     * @param time the impression's event time, milliseconds since the epoch
     * @param example null once the positive is out, since no label is to come
     * @param lateClick the earliest that waits for the negative that it corrects; null unless one
     *     does
     */
    record Shown<E>(long time, Said said, @Nullable E example, @Nullable Clicked lateClick)
            implements Kept<E> {

        static <E extends Labellable<E>> Shown<E> of(E example, Said said) {
            return new Shown<>(example.eventTime(), said, example, null);
        }

        /** What is labelled; not to be asked for once the positive is out. */
        E impression() {
            return Objects.requireNonNull(example, "the positive is out");
        }

        Shown<E> negative(Said now) {
            return new Shown<>(time, now, example, null);
        }

        Shown<E> positive() {
            return new Shown<>(time, Said.POSITIVE, null, null);
        }

        Shown<E> waitingWith(Clicked late) {
            return new Shown<>(time, Said.LATE_CLICK_WAITS, example, late);
        }
    }
}
