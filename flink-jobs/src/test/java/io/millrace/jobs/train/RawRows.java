package io.millrace.jobs.train;

import io.millrace.model.parameter.MemoryRowStore;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.parameter.RowStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupStatePartitionStreamProvider;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;

/** The {@link UnwrittenRows} of a checkpoint, read as Flink hands them out: one stream, seeking. */
final class RawRows {

    private RawRows() {}

    static MemoryRowStore of(OperatorSubtaskState state, ParameterLayout layout)
            throws IOException {
        MemoryRowStore rows = new MemoryRowStore();
        for (KeyedStateHandle handle : state.getRawKeyedState()) {
            restore((KeyGroupsStateHandle) handle, layout, rows);
        }
        return rows;
    }

    static void restore(KeyGroupsStateHandle handle, ParameterLayout layout, RowStore into)
            throws IOException {
        try (FSDataInputStream in = handle.openInputStream()) {
            UnwrittenRows.restore(() -> groups(handle, in), layout, into);
        }
    }

    private static Iterator<KeyGroupStatePartitionStreamProvider> groups(
            KeyGroupsStateHandle handle, FSDataInputStream in) {
        Iterator<Integer> groups = handle.getKeyGroupRange().iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return groups.hasNext();
            }

            @Override
            public KeyGroupStatePartitionStreamProvider next() {
                int group = groups.next();
                try {
                    in.seek(handle.getOffsetForKeyGroup(group));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                return new KeyGroupStatePartitionStreamProvider(in, group);
            }
        };
    }
}
