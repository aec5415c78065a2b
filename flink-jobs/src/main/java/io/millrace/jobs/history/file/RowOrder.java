package io.millrace.jobs.history.file;

import it.unimi.dsi.fastutil.longs.LongArrays;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts the rows of a file in order, whatever their number: sorts as many at a time as fit and
 * writes where they are to a scratch file, to be merged when they are read. Rows of the same time
 * and tie stay in the order in which they were added.
 */
final class RowOrder implements Closeable {

    private static final int AT_A_TIME = 4_000_000;

    private final Path file;
    private final FileChannel channel;
    private final List<Long> ends = new ArrayList<>();
    private final ByteBuffer out = ByteBuffer.allocate(SortedRuns.ENTRY_BYTES << 11);

    private final long[] times;
    private final long[] ties;
    private final long[] offsets;
    private final long[] lines;
    private int size;
    private long written;

    /**
     * @param scratch a directory for the scratch file
     * @param rows how many there are at most
     */
    RowOrder(Path scratch, long rows) throws IOException {
        this(scratch, (int) Math.min(rows, AT_A_TIME));
    }

    RowOrder(Path scratch, int atATime) throws IOException {
        file = Files.createTempFile(scratch, "order-", ".rows");
        channel = FileChannel.open(file, StandardOpenOption.WRITE);
        times = new long[atATime];
        ties = new long[atATime];
        offsets = new long[atATime];
        lines = new long[atATime];
    }

    void add(long time, long tie, Line line) throws IOException {
        if (size == times.length) {
            writeRun();
        }
        times[size] = time;
        ties[size] = tie;
        offsets[size] = line.offset();
        lines[size] = line.number();
        size++;
    }

    /** The rows that were added, in order; no more can be added. */
    SortedRuns finish() throws IOException {
        writeRun();
        return new SortedRuns(file.toString(), List.copyOf(ends));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private void writeRun() throws IOException {
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            order[i] = i;
        }
        LongArrays.radixSortIndirect(order, times, ties, 0, size, true);
        for (int row : order) {
            out.putLong(times[row]).putLong(ties[row]).putLong(offsets[row]).putLong(lines[row]);
            if (!out.hasRemaining()) {
                write();
            }
        }
        write();
        ends.add(written);
        size = 0;
    }

    private void write() throws IOException {
        out.flip();
        while (out.hasRemaining()) {
            written += channel.write(out);
        }
        out.clear();
    }
}
