package io.millrace.jobs.history;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A place in a history, among its events or its profiles. Used by one thread. */
public interface HistoryCursor<T> extends Closeable {

    /** Of a history that has none. */
    static <T> HistoryCursor<T> empty() {
        return new HistoryCursor<>() {
            @Override
            public @Nullable T next() {
                return null;
            }

            @Override
            public void close() {}
        };
    }

    /** The next one, or null after the last. */
    @Nullable T next() throws IOException;
}
