package io.millrace.jobs.history;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A place among the profiles of a history. Used by one thread. */
public interface ProfileCursor extends Closeable {

    /** Of a history that has none. */
    ProfileCursor NONE =
            new ProfileCursor() {
                @Override
                public @Nullable HistoryProfile next() {
                    return null;
                }

                @Override
                public void close() {}
            };

    /** The next record; null after the last. */
    @Nullable HistoryProfile next() throws IOException;
}
