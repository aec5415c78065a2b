package io.millrace.jobs.source;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * All of a compacted topic: what it holds, and then what is added. The serializable part says which
 * topic; {@link #open} makes the working part, once in each task.
 */
public interface TopicFeed extends Serializable {

    /** Begins at the first record. What the topic holds now is what {@link Opened#isRead} means. */
    Opened open();

    /** The working part, used by one thread but for {@link #wakeUp}. */
    interface Opened extends AutoCloseable {

        /**
         * The payloads that have come, in each partition's order; none when none came for so long,
         * or when it was woken up. Records without a value are left out.
         */
        List<byte[]> next(Duration patience);

        /** Whether all that the topic held when it was opened has been returned. */
        boolean isRead();

        /** Ends a wait, from any thread. */
        void wakeUp();

        @Override
        void close();
    }
}
