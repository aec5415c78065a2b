package io.millrace.jobs.train;

import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.parameter.RowBuffer;
import io.millrace.model.parameter.RowCodec;
import io.millrace.model.parameter.RowCopies;
import io.millrace.model.parameter.RowStore;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyGroupRangeOffsets;
import org.apache.flink.runtime.state.KeyGroupStatePartitionStreamProvider;

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

    /**
     * Writes all unwritten rows.
     *
     * @return where each key group begins
     */
    static KeyGroupRangeOffsets save(
            RowCopies rows, FSDataOutputStream out, KeyGroupRange range, int maxParallelism)
            throws IOException {
        int[] starts = new int[maxParallelism + 1];
        int[] byGroup = byKeyGroup(rows, starts);
        KeyGroupRangeOffsets offsets = new KeyGroupRangeOffsets(range);
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        RowBuffer row = new RowBuffer();
        for (int group : range) {
            flush(buffer, out);
            offsets.setKeyGroupOffset(group, out.getPos());
            buffer.order(ByteOrder.BIG_ENDIAN).putInt(starts[group + 1] - starts[group]);
            for (int i = starts[group]; i < starts[group + 1]; i++) {
                rows.fetchAhead(byGroup, i);
                rows.show(byGroup[i], row);
                int length = Long.BYTES + RowCodec.length(row);
                if (buffer.remaining() < length) {
                    flush(buffer, out);
                }
                if (buffer.capacity() < length) {
                    buffer = ByteBuffer.allocate(length);
                }
                buffer.order(ByteOrder.BIG_ENDIAN).putLong(rows.key(byGroup[i]));
                RowCodec.encode(row, buffer);
            }
        }
        flush(buffer, out);
        return offsets;
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
                byte format = in.readByte();
                byte[] bytes = new byte[RowCodec.length(format, size)];
                bytes[0] = format;
                in.readFully(bytes, 1, bytes.length - 1);
                RowCodec.decode(bytes, row.over(new float[size], 0, size));
                store.write(key, row);
            }
        }
    }

    /** The unwritten rows sorted by key group; group g is at [starts[g], starts[g + 1]). */
    private static int[] byKeyGroup(RowCopies rows, int[] starts) {
        int groups = starts.length - 1;
        int[] groupOf = new int[rows.size()];
        for (int row = 0; row < groupOf.length; row++) {
            if (rows.isUnwritten(row)) {
                groupOf[row] =
                        KeyGroupRangeAssignment.computeKeyGroupForKeyHash(
                                Long.hashCode(rows.key(row)), groups);
                starts[groupOf[row] + 1]++;
            }
        }
        for (int group = 0; group < groups; group++) {
            starts[group + 1] += starts[group];
        }
        int[] next = starts.clone();
        int[] sorted = new int[starts[groups]];
        for (int row = 0; row < groupOf.length; row++) {
            if (rows.isUnwritten(row)) {
                sorted[next[groupOf[row]]++] = row;
            }
        }
        return sorted;
    }

    private static void flush(ByteBuffer buffer, FSDataOutputStream out) throws IOException {
        out.write(buffer.array(), 0, buffer.position());
        buffer.clear();
    }
}
