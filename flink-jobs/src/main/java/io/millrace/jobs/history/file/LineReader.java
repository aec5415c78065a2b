package io.millrace.jobs.history.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/** Reads the lines of a file, one after the other or wherever they begin. Used by one thread. */
public final class LineReader implements Closeable {

    /** No event is larger. */
    private static final int LONGEST = 4 << 20;

    private static final int MANY = 1 << 20;
    private static final int FEW = 1 << 10;

    private final FileChannel channel;
    private final int readAhead;
    private final long fileEnd;
    private final Line line = new Line();

    private byte[] buffer;
    private long bufferOffset;
    private int cursor;
    private int limit;
    private long number;

    private LineReader(Path file, long fileEnd, int readAhead) throws IOException {
        channel = FileChannel.open(file, StandardOpenOption.READ);
        this.fileEnd = fileEnd;
        this.readAhead = readAhead;
        buffer = new byte[readAhead];
    }

    /** One for all lines in their order. */
    public static LineReader inOrder(Path file) throws IOException {
        return inOrder(file, Long.MAX_VALUE);
    }

    /** One for all lines in their order, as if the file ended there. */
    static LineReader inOrder(Path file, long fileEnd) throws IOException {
        return new LineReader(file, fileEnd, MANY);
    }

    /** One for single lines, as if the file ended there. */
    static LineReader anywhere(Path file, long fileEnd) throws IOException {
        return new LineReader(file, fileEnd, FEW);
    }

    /** The line that was read last; always the same object. */
    public Line line() {
        return line;
    }

    /** Reads the line that begins there; false when nothing does. */
    boolean read(long offset, long lineNumber) throws IOException {
        if (offset >= bufferOffset && offset < bufferOffset + limit) {
            cursor = (int) (offset - bufferOffset);
        } else {
            bufferOffset = offset;
            cursor = 0;
            limit = 0;
        }
        number = lineNumber - 1;
        return next();
    }

    /** Reads the next line; false after the last. */
    public boolean next() throws IOException {
        int searched = cursor;
        while (true) {
            for (int i = searched; i < limit; i++) {
                if (buffer[i] == '\n') {
                    return found(i, i + 1);
                }
            }
            searched = limit - cursor;
            if (!fill()) {
                return cursor < limit && found(limit, limit);
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private boolean found(int end, int next) {
        number++;
        line.set(buffer, cursor, end, bufferOffset + cursor, number);
        cursor = next;
        return true;
    }

    /** Puts what has been begun at the front and reads on; false at the end of the file. */
    private boolean fill() throws IOException {
        System.arraycopy(buffer, cursor, buffer, 0, limit - cursor);
        bufferOffset += cursor;
        limit -= cursor;
        cursor = 0;
        if (limit == buffer.length) {
            if (limit >= LONGEST) {
                throw new IOException(
                        "line %d is longer than %,d bytes".formatted(number + 1, LONGEST));
            }
            buffer = Arrays.copyOf(buffer, Math.min(LONGEST, 2 * limit));
        }
        long at = bufferOffset + limit;
        int room = (int) Math.min(Math.min(readAhead, buffer.length - limit), fileEnd - at);
        if (room <= 0) {
            return false;
        }
        int read = channel.read(ByteBuffer.wrap(buffer, limit, room), at);
        limit += Math.max(0, read);
        return read > 0;
    }
}
