package io.millrace.jobs.history.file;

import io.millrace.jobs.history.HistoryCursor;
import io.millrace.jobs.history.HistoryEvent;
import io.millrace.jobs.history.HistoryException;
import io.millrace.jobs.history.HistoryProfile;
import io.millrace.jobs.history.TimeRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The events of a file of rows.
 *
 * <p>The file is read once to check every row, count, and see whether it is in the order of time.
 * If it is, it is read as it stands. If not, it is read a second time to put its rows in order, and
 * then row by row through a scratch file that says where they are. The same goes for profiles,
 * which have an order of their own.
 *
 * @param rows how to understand them
 * @param fileEnd the length of the file when it was looked at; what is added later is not read
 * @param order where the rows of events are; null when they are in order
 * @param profileOrder the same of those that {@code profiles} counts
 * @param profiles by name how many rows are profiles that hold from before the range's end on
 */
public record RowHistory(
        RowFormat rows,
        TimeRange range,
        long fileEnd,
        Periods periods,
        @Nullable SortedRuns order,
        @Nullable SortedRuns profileOrder,
        EventCounts counts,
        SortedMap<String, Long> profiles,
        @Nullable TimeRange span,
        @Nullable TimeRange recorded,
        long badRows)
        implements FileHistory {

    /**
     * Looks at a file.
     *
     * @param range which events to take
     * @param scratch a directory that outlives the history
     * @param badRows told of every row that cannot be used
     * @throws HistoryException when it cannot be read
     */
    public static RowHistory of(RowFormat format, TimeRange range, Path scratch, BadRows badRows) {
        try {
            return new RowSurvey(format, range, Files.size(Path.of(format.file())))
                    .history(scratch, badRows);
        } catch (IOException e) {
            throw new HistoryException(format.file() + " cannot be read: " + e.getMessage());
        }
    }

    public RowHistory {
        profiles = Collections.unmodifiableSortedMap(new TreeMap<>(profiles));
    }

    @Override
    public String name() {
        return rows.name();
    }

    @Override
    public HistoryCursor<HistoryEvent> open() throws IOException {
        return order == null ? new RowCursor(this) : new OrderedRowCursor(this, order);
    }

    @Override
    public HistoryCursor<HistoryProfile> openProfiles() throws IOException {
        if (profiles.isEmpty()) {
            return HistoryCursor.empty();
        }
        return profileOrder == null
                ? new RowProfileCursor(this)
                : new OrderedRowProfileCursor(this, profileOrder);
    }
}
