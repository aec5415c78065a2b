package io.millrace.model.version;

import io.millrace.model.parameter.RowBuffer;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Writes a row file: weights by key, without optimizer state. Rows come in ascending order of their
 * unsigned key, each key once.
 */
public final class RowFileWriter implements Closeable {

    /** Rows are checksummed and written so many bytes at a time, or one by one if longer. */
    private static final int BUFFER_BYTES = 1 << 16;

    private final OutputStream out;
    private final String path;
    private final int shard;
    private final CRC32C checksum = new CRC32C();

    private ByteBuffer encoded = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private long bytes;
    private long rows;
    private long lastKey;
    private boolean finished;

    /**
     * Starts a file.
     *
     * @param out receives the content; closed by {@link #finish} and {@link #close}
     * @param path of the file in the storage
     * @param shard that writes it
     */
    public RowFileWriter(OutputStream out, String path, int shard) throws IOException {
        this.out = out;
        this.path = path;
        this.shard = shard;
        encoded.putLong(RowFormat.MAGIC).putInt(RowFormat.FORMAT_VERSION);
    }

    /** Starts a new file at this path of the storage. */
    public static RowFileWriter create(VersionStorage storage, String path, int shard)
            throws IOException {
        return new RowFileWriter(storage.create(path), path, shard);
    }

    /**
     * Adds a row: the first {@code width} floats of the buffer, which are its weights; a candidate
     * without any.
     */
    public void add(long key, RowBuffer row, int width) throws IOException {
        if (row.candidate) {
            addCandidate(key, row.examples, row.lastEventTime);
            return;
        }
        if (width > row.size) {
            throw new IllegalArgumentException(
                    "row " + Long.toHexString(key) + " has " + row.size + " floats, not " + width);
        }
        add(key, row.examples, row.lastEventTime, row.values, row.at, width);
    }

    /** Adds the news that a row no longer exists. */
    public void addTombstone(long key, long examples, long lastEventTime) throws IOException {
        encodeHead(RowFormat.TOMBSTONE, key, examples, lastEventTime, 0);
    }

    /** Adds a row that only counts its examples. */
    public void addCandidate(long key, long examples, long lastEventTime) throws IOException {
        encodeHead(RowFormat.CANDIDATE, key, examples, lastEventTime, 0);
    }

    /** Adds a row as a reader has it. */
    void add(RowFileReader row) throws IOException {
        if (row.tombstone()) {
            addTombstone(row.key(), row.examples(), row.lastEventTime());
        } else if (row.candidate()) {
            addCandidate(row.key(), row.examples(), row.lastEventTime());
        } else {
            add(row.key(), row.examples(), row.lastEventTime(), row.weights(), 0, row.width());
        }
    }

    /** Completes the file and closes it. */
    public PartInfo finish() throws IOException {
        checkOpen();
        makeRoom(1 + Long.BYTES);
        encoded.put(RowFormat.END).putLong(rows);
        flushEncoded();
        long crc32c = checksum.getValue();
        encoded.putInt((int) crc32c);
        flushEncoded();
        finished = true;
        out.close();
        return new PartInfo(path, shard, rows, bytes, crc32c);
    }

    /** Closes the file; without {@link #finish} before, no reader will accept it. */
    @Override
    public void close() throws IOException {
        finished = true;
        out.close();
    }

    private void add(
            long key, long examples, long lastEventTime, float[] weights, int at, int width)
            throws IOException {
        if (width < 1 || width > RowFormat.MAX_WIDTH) {
            throw new IllegalArgumentException(
                    "row "
                            + Long.toHexString(key)
                            + " has width "
                            + width
                            + "; a row file takes 1 to "
                            + RowFormat.MAX_WIDTH);
        }
        encodeHead(RowFormat.ROW, key, examples, lastEventTime, width);
        encoded.asFloatBuffer().put(weights, at, width);
        encoded.position(encoded.position() + width * Float.BYTES);
    }

    private void encodeHead(byte tag, long key, long examples, long lastEventTime, int width)
            throws IOException {
        checkOpen();
        if (rows > 0 && Long.compareUnsigned(key, lastKey) <= 0) {
            throw new IllegalArgumentException(
                    "row "
                            + Long.toHexString(key)
                            + " comes after row "
                            + Long.toHexString(lastKey)
                            + "; add rows in ascending order of their unsigned key, each once");
        }
        lastKey = key;
        rows++;
        makeRoom(1 + RowFormat.ROW_HEAD_BYTES + width * Float.BYTES);
        encoded.put(tag)
                .putLong(key)
                .putLong(examples)
                .putLong(lastEventTime)
                .putShort((short) width);
    }

    private void makeRoom(int size) throws IOException {
        if (encoded.remaining() < size) {
            flushEncoded();
        }
        if (encoded.capacity() < size) {
            encoded = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    private void flushEncoded() throws IOException {
        checksum.update(encoded.array(), 0, encoded.position());
        out.write(encoded.array(), 0, encoded.position());
        bytes += encoded.position();
        encoded.clear();
    }

    private void checkOpen() {
        if (finished) {
            throw new IllegalStateException(path + " is already closed");
        }
    }
}
