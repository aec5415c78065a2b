package io.millrace.jobs.history.file;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Where the rows of a file are, in the order of time: runs of entries in a scratch file, each run
 * in order. An entry is four numbers of 8 bytes: time, tie, offset in the file, line.
 *
 * @param ends the offset behind each run
 */
record SortedRuns(String file, List<Long> ends) implements Serializable {

    static final int ENTRY_BYTES = 4 * Long.BYTES;

    /** Begins to read all entries in order. */
    Merge open() throws IOException {
        return new Merge();
    }

    /** An entry. */
    record Place(long time, long tie, long offset, long line) {}

    /** All entries in order. Used by one thread. */
    final class Merge implements Closeable {

        private final FileChannel channel;
        private final PriorityQueue<Run> runs =
                new PriorityQueue<>(
                        Comparator.comparingLong((Run run) -> run.head.time())
                                .thenComparingLong(run -> run.head.tie())
                                .thenComparingInt(run -> run.index));

        private Merge() throws IOException {
            channel = FileChannel.open(Path.of(file), StandardOpenOption.READ);
            long start = 0;
            for (int i = 0; i < ends.size(); i++) {
                if (ends.get(i) > start) {
                    runs.add(new Run(channel, i, start, ends.get(i)));
                }
                start = ends.get(i);
            }
        }

        /** The next entry; null after the last. */
        @Nullable Place next() throws IOException {
            Run first = runs.poll();
            if (first == null) {
                return null;
            }
            Place place = first.head;
            if (first.advance()) {
                runs.add(first);
            }
            return place;
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private static final class Run {

        private final FileChannel channel;
        private final int index;
        private final long end;
        private final ByteBuffer buffer = ByteBuffer.allocate(ENTRY_BYTES << 10).limit(0);
        private long position;
        private Place head;

        Run(FileChannel channel, int index, long start, long end) throws IOException {
            this.channel = channel;
            this.index = index;
            this.end = end;
            position = start;
            head = read();
        }

        boolean advance() throws IOException {
            if (!buffer.hasRemaining() && position == end) {
                return false;
            }
            head = read();
            return true;
        }

        private Place read() throws IOException {
            if (!buffer.hasRemaining()) {
                buffer.clear().limit((int) Math.min(buffer.capacity(), end - position));
                while (buffer.hasRemaining()) {
                    int count = channel.read(buffer, position);
                    if (count < 0) {
                        throw new EOFException("the scratch file has been cut off");
                    }
                    position += count;
                }
                buffer.flip();
            }
            return new Place(
                    buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
        }
    }
}
