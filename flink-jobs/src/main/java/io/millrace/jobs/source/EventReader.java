package io.millrace.jobs.source;

import io.millrace.model.feature.InvalidEventException;
import io.millrace.schemas.codec.UndecodableException;
import java.io.Serializable;

/**
 * Turns a topic's payloads into what the job works on. The serializable part is the recipe; {@link
 * #open} makes the working part, once in each task.
 */
public interface EventReader<T> extends Serializable {

    Opened<T> open();

    /** Whether events go on with the time of their arrival in Kafka rather than their own. */
    default boolean byArrival() {
        return false;
    }

    /** The working part, used by one thread. */
    interface Opened<T> {

        /**
         * Decodes one payload and checks its values; its time is checked by the source.
         *
         * @param origin where it came from
         */
        Sourced.Event<T> read(byte[] payload, Origin origin)
                throws UndecodableException, InvalidEventException;
    }
}
