package io.millrace.jobs.history.file;

import io.millrace.jobs.history.HistoryCursor;
import io.millrace.jobs.history.HistoryEvent;
import io.millrace.jobs.history.HistoryProfile;
import io.millrace.jobs.history.TimeRange;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The events of several files by time; of the same time impressions come before clicks, clicks
 * before ratings, and then files in their order. Those of one file stay in its order. Profiles are
 * by time, and then files in their order, too.
 */
public record MergedHistory(String name, List<FileHistory> files) implements FileHistory {

    private static final Comparator<HistoryEvent> EVENTS =
            Comparator.comparingLong(HistoryEvent::time).thenComparing(HistoryEvent::kind);

    /** A record of a file arrived when it holds from. */
    private static final Comparator<HistoryProfile> PROFILES =
            Comparator.comparingLong(profile -> profile.origin().arrivalTime());

    public MergedHistory {
        files = List.copyOf(files);
    }

    @Override
    public EventCounts counts() {
        return files.stream().map(FileHistory::counts).reduce(EventCounts.NONE, EventCounts::plus);
    }

    @Override
    public SortedMap<String, Long> profiles() {
        SortedMap<String, Long> profiles = new TreeMap<>();
        for (FileHistory file : files) {
            file.profiles().forEach((name, count) -> profiles.merge(name, count, Long::sum));
        }
        return profiles;
    }

    @Override
    public @Nullable TimeRange span() {
        TimeRange span = null;
        for (FileHistory file : files) {
            span = Spans.together(span, file.span());
        }
        return span;
    }

    @Override
    public @Nullable TimeRange recorded() {
        TimeRange recorded = null;
        for (FileHistory file : files) {
            recorded = Spans.together(recorded, file.recorded());
        }
        return recorded;
    }

    @Override
    public long badRows() {
        return files.stream().mapToLong(FileHistory::badRows).sum();
    }

    @Override
    public HistoryCursor<HistoryEvent> open() throws IOException {
        return new MergedCursor<>(files, FileHistory::open, EVENTS);
    }

    @Override
    public HistoryCursor<HistoryProfile> openProfiles() throws IOException {
        return new MergedCursor<>(files, FileHistory::openProfiles, PROFILES);
    }
}
