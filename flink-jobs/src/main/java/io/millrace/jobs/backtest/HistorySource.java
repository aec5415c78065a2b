package io.millrace.jobs.backtest;

import io.millrace.jobs.history.History;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.jspecify.annotations.Nullable;

/**
 * A history as a source of Flink: one split, hence parallelism 1, that is read once and numbers
 * what it sends. All profiles come before the first event: so each is there when event time comes
 * to it, in whatever order they were recorded. A backtest is never restored, so the split knows no
 * more than how far it was read.
 *
 * @param tables of the profiles that are wanted
 */
record HistorySource(History history, Set<String> tables)
        implements Source<HistoryRecord, HistorySource.Split, Boolean> {

    @Override
    public Boundedness getBoundedness() {
        return Boundedness.BOUNDED;
    }

    @Override
    public SourceReader<HistoryRecord, Split> createReader(SourceReaderContext context) {
        return new HistoryReader(history, tables, context);
    }

    @Override
    public SplitEnumerator<Split, Boolean> createEnumerator(SplitEnumeratorContext<Split> context) {
        return new OneSplit(context, new Split(0));
    }

    @Override
    public SplitEnumerator<Split, Boolean> restoreEnumerator(
            SplitEnumeratorContext<Split> context, Boolean assigned) {
        return new OneSplit(context, assigned ? null : new Split(0));
    }

    @Override
    public SimpleVersionedSerializer<Split> getSplitSerializer() {
        return new SplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<Boolean> getEnumeratorCheckpointSerializer() {
        return new AssignedSerializer();
    }

    /**
     * The whole history.
     *
     * @param next place of what is to be read next
     */
    record Split(long next) implements SourceSplit {
        @Override
        public String splitId() {
            return "history";
        }
    }

    /** Gives the split to the first reader that asks. */
    private static final class OneSplit implements SplitEnumerator<Split, Boolean> {

        private final SplitEnumeratorContext<Split> context;
        private @Nullable Split split;

        OneSplit(SplitEnumeratorContext<Split> context, @Nullable Split split) {
            this.context = context;
            this.split = split;
        }

        @Override
        public void start() {}

        @Override
        public void addReader(int subtask) {
            if (split != null) {
                context.assignSplit(split, subtask);
                split = null;
            }
            context.signalNoMoreSplits(subtask);
        }

        @Override
        public void handleSplitRequest(int subtask, @Nullable String host) {}

        @Override
        public void addSplitsBack(List<Split> splits, int subtask) {
            split = splits.isEmpty() ? null : splits.get(0);
        }

        @Override
        public Boolean snapshotState(long checkpointId) {
            return split == null;
        }

        @Override
        public void close() {}
    }

    private static final class SplitSerializer implements SimpleVersionedSerializer<Split> {

        @Override
        public int getVersion() {
            return 1;
        }

        @Override
        public byte[] serialize(Split split) {
            return ByteBuffer.allocate(Long.BYTES).putLong(split.next()).array();
        }

        @Override
        public Split deserialize(int version, byte[] bytes) {
            return new Split(ByteBuffer.wrap(bytes).getLong());
        }
    }

    private static final class AssignedSerializer implements SimpleVersionedSerializer<Boolean> {

        @Override
        public int getVersion() {
            return 1;
        }

        @Override
        public byte[] serialize(Boolean assigned) {
            return new byte[] {(byte) (assigned ? 1 : 0)};
        }

        @Override
        public Boolean deserialize(int version, byte[] bytes) {
            return bytes[0] == 1;
        }
    }
}
