package io.millrace.jobs.feature;

import io.millrace.model.example.Labellable;
import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * Makes examples complete: gives them the values of their stream features. The serializable part is
 * the recipe; {@link #open} makes the working part, once in each task.
 */
public interface Completion<E extends Labellable<E>> extends Serializable {

    Opened<E> open();

    /** The working part, used by one thread. */
    interface Opened<E> {

        /**
         * @param lacking the example without the values of stream features
         * @param rows as of before its event, by the id of their group and in the order of the
         *     event's keys
         * @return the same label and weight
         */
        E complete(E lacking, Map<String, List<byte[]>> rows);
    }
}
