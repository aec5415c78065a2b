package io.millrace.jobs.backtest;

import io.millrace.jobs.history.History;
import io.millrace.jobs.history.HistoryCursor;
import io.millrace.jobs.history.HistoryEvent;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.core.io.InputStatus;
import org.jspecify.annotations.Nullable;

/** Reads the split of a {@link HistorySource}, event after event. */
final class HistoryReader implements SourceReader<NumberedEvent, HistorySource.Split> {

    private final History history;
    private final SourceReaderContext context;
    private final CompletableFuture<Void> splitsCame = new CompletableFuture<>();
    private @Nullable HistoryCursor cursor;
    private boolean hasSplit;
    private long next;

    HistoryReader(History history, SourceReaderContext context) {
        this.history = history;
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
    public InputStatus pollNext(ReaderOutput<NumberedEvent> output) throws IOException {
        if (!hasSplit) {
            return splitsCame.isDone() ? InputStatus.END_OF_INPUT : InputStatus.NOTHING_AVAILABLE;
        }
        if (cursor == null) {
            cursor = openAt(next);
        }
        HistoryEvent event = cursor.next();
        if (event == null) {
            return InputStatus.END_OF_INPUT;
        }
        output.collect(new NumberedEvent(next++, event));
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
        if (cursor != null) {
            cursor.close();
        }
    }

    private HistoryCursor openAt(long number) throws IOException {
        HistoryCursor opened = history.open();
        for (long skipped = 0; skipped < number; skipped++) {
            if (opened.next() == null) {
                break;
            }
        }
        return opened;
    }
}
