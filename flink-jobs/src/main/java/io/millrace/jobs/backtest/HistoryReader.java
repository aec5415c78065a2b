package io.millrace.jobs.backtest;

import io.millrace.jobs.history.History;
import io.millrace.jobs.history.HistoryCursor;
import io.millrace.jobs.history.HistoryEvent;
import io.millrace.jobs.history.HistoryProfile;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.core.io.InputStatus;
import org.jspecify.annotations.Nullable;

/** Reads the split of a {@link HistorySource}: profile after profile, then event after event. */
final class HistoryReader implements SourceReader<HistoryRecord, HistorySource.Split> {

    private final History history;
    private final Set<String> tables;
    private final SourceReaderContext context;
    private final CompletableFuture<Void> splitsCame = new CompletableFuture<>();
    private @Nullable HistoryCursor<HistoryProfile> profiles;
    private @Nullable HistoryCursor<HistoryEvent> events;
    private boolean hasSplit;
    private long next;
    private long sent;
    private long eventsSent;

    HistoryReader(History history, Set<String> tables, SourceReaderContext context) {
        this.history = history;
        this.tables = Set.copyOf(tables);
        this.context = context;
    }

    @Override
    public void start() {
        if (context.currentParallelism() != 1) {
            throw new IllegalStateException(
                    "a history is read by "
                            + context.currentParallelism()
                            + " tasks; its order needs one");
        }
    }

    @Override
    public InputStatus pollNext(ReaderOutput<HistoryRecord> output) throws IOException {
        if (!hasSplit) {
            return splitsCame.isDone() ? InputStatus.END_OF_INPUT : InputStatus.NOTHING_AVAILABLE;
        }
        HistoryRecord read = read();
        while (read != null && read.place() < next) {
            read = read();
        }
        if (read == null) {
            return InputStatus.END_OF_INPUT;
        }
        output.collect(read);
        next = read.place() + 1;
        return InputStatus.MORE_AVAILABLE;
    }

    @Override
    public List<HistorySource.Split> snapshotState(long checkpointId) {
        return hasSplit ? List.of(new HistorySource.Split(next)) : List.of();
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        return splitsCame;
    }

    @Override
    public void addSplits(List<HistorySource.Split> splits) {
        for (HistorySource.Split split : splits) {
            hasSplit = true;
            next = split.next();
        }
    }

    @Override
    public void notifyNoMoreSplits() {
        splitsCame.complete(null);
    }

    @Override
    public void close() throws IOException {
        try {
            closeProfiles();
        } finally {
            if (events != null) {
                events.close();
            }
        }
    }

    private @Nullable HistoryRecord read() throws IOException {
        if (events == null) {
            HistoryProfile profile = readProfile();
            if (profile != null) {
                return new NumberedProfile(sent++, profile);
            }
            closeProfiles();
            events = history.open();
        }
        HistoryEvent event = events.next();
        return event == null ? null : new NumberedEvent(sent++, eventsSent++, event);
    }

    private void closeProfiles() throws IOException {
        if (profiles != null) {
            HistoryCursor<HistoryProfile> read = profiles;
            profiles = HistoryCursor.empty();
            read.close();
        }
    }

    /** The next that is wanted. */
    private @Nullable HistoryProfile readProfile() throws IOException {
        if (profiles == null) {
            profiles = tables.isEmpty() ? HistoryCursor.empty() : history.openProfiles();
        }
        HistoryProfile profile = profiles.next();
        while (profile != null && !tables.contains(profile.table())) {
            profile = profiles.next();
        }
        return profile;
    }
}
