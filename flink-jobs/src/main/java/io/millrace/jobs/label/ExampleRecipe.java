package io.millrace.jobs.label;

import io.millrace.model.feature.InvalidEventException;
import java.io.Serializable;
import java.util.Map;

/**
 * Makes what is to be labelled of an event's values. The serializable part is the recipe; {@link
 * #open} makes the working part, once in each task.
 */
public interface ExampleRecipe<E> extends Serializable {

    Opened<E> open();

    /** The working part, used by one thread. */
    interface Opened<E> {

        /**
         * @param features values by field, as events carry them
         * @param timestamp event time, milliseconds since the epoch
         */
        E make(String user, String item, Map<String, Object> features, long timestamp)
                throws InvalidEventException;
    }
}
