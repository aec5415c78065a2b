package io.millrace.jobs.history;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A place in a history. Used by one thread. */
public interface HistoryCursor extends Closeable {

    /** The next event, or null after the last. */
    @Nullable HistoryEvent next() throws IOException;
}
