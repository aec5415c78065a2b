package io.millrace.jobs.train;

import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.parameter.ParameterTable;
import io.millrace.model.parameter.RowBuffer;
import io.millrace.model.parameter.RowCodec;
import io.millrace.model.parameter.RowStore;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyGroupStatePartitionStreamProvider;
import org.apache.flink.runtime.state.KeyedStateCheckpointOutputStream;

/**
 * Rows that keyed state has not got in their newest form, beside it in the checkpoint: raw keyed
 * state, which Flink hands out by key group when the job is rescaled.
 *
 * <pre>
 * key group := count (4 bytes), row...
 * row       := key (8 bytes), row by {@link RowCodec}
 * </pre>
 */
final class UnwrittenRows {

    private static final int BUFFER_BYTES = 1 << 16;

    private UnwrittenRows() {}

    /** Writes all unwritten rows of the table. */
    static void save(
            ParameterTable table,
            ParameterLayout layout,
            KeyedStateCheckpointOutputStream out,
            int maxParallelism)
            throws IOException {
        long[] keys = table.unwritten();
        int[] starts = sortByKeyGroup(keys, maxParallelism);
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        RowBuffer row = new RowBuffer();
        for (int group : out.getKeyGroupList()) {
            out.startNewKeyGroup(group);
            buffer.order(ByteOrder.BIG_ENDIAN).putInt(starts[group + 1] - starts[group]);
            for (int i = starts[group]; i < starts[group + 1]; i++) {
                int length = Long.BYTES + RowCodec.length(layout.of(keys[i]).size());
                if (buffer.remaining() < length) {
                    flush(buffer, out);
                }
                if (buffer.capacity() < length) {
                    buffer = ByteBuffer.allocate(length);
                }
                table.read(keys[i], row);
                buffer.order(ByteOrder.BIG_ENDIAN).putLong(keys[i]);
                RowCodec.encode(row, buffer);
            }
            flush(buffer, out);
        }
    }

    /** Writes all rows that a checkpoint holds for this shard to keyed state. */
    static void restore(
            Iterable<KeyGroupStatePartitionStreamProvider> groups,
            ParameterLayout layout,
            RowStore store)
            throws IOException {
        RowBuffer row = new RowBuffer();
        for (KeyGroupStatePartitionStreamProvider group : groups) {
            // The stream goes on to other groups; Flink seeks before it hands out the next.
            DataInputStream in =
                    new DataInputStream(new BufferedInputStream(group.getStream(), BUFFER_BYTES));
            for (int count = in.readInt(); count > 0; count--) {
                long key = in.readLong();
                int size = layout.of(key).size();
                byte[] bytes = new byte[RowCodec.length(size)];
                in.readFully(bytes);
                RowCodec.decode(bytes, row.over(new float[size], 0, size));
                store.write(key, row);
            }
        }
    }

    /** Sorts in place; group g is then at [starts[g], starts[g + 1]). */
    private static int[] sortByKeyGroup(long[] keys, int groups) {
        int[] starts = new int[groups + 1];
        int[] groupOf = new int[keys.length];
        for (int i = 0; i < keys.length; i++) {
            groupOf[i] =
                    KeyGroupRangeAssignment.computeKeyGroupForKeyHash(
                            Long.hashCode(keys[i]), groups);
            starts[groupOf[i] + 1]++;
        }
        for (int group = 0; group < groups; group++) {
            starts[group + 1] += starts[group];
        }
        int[] next = starts.clone();
        long[] unsorted = keys.clone();
        for (int i = 0; i < unsorted.length; i++) {
            keys[next[groupOf[i]]++] = unsorted[i];
        }
        return starts;
    }

    private static void flush(ByteBuffer buffer, KeyedStateCheckpointOutputStream out)
            throws IOException {
        out.write(buffer.array(), 0, buffer.position());
        buffer.clear();
    }
}
