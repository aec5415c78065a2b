package io.millrace.model.version;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A cursor over a row file, which it reads as a stream. Only when {@link #next} has answered false
 * is the whole file known to be intact: nobody may use a row for good before.
 *
 * <p>Every deviation from the format is a {@link DamagedVersionException}. Memory use does not
 * depend on anything that the file says, save a row's width, which is bounded.
 */
public final class RowFileReader implements Closeable {

    private static final int BUFFER_BYTES = 1 << 16;
    private static final List<String> NAMES = List.of("", "row ", "tombstone ", "candidate ");

    private final InputStream in;
    private final String file;
    private final @Nullable PartInfo expected;
    private final CRC32C checksum = new CRC32C();
    private final byte[] bytes = new byte[BUFFER_BYTES];
    private final ByteBuffer buffer =
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).limit(0);

    /** Bytes of the file before the buffer's first. */
    private long consumed;

    /** Bytes of the buffer that the checksum has seen. */
    private int digested;

    private long rows;
    private boolean ended;

    private byte tag;
    private long key;
    private long examples;
    private long lastEventTime;
    private int width;
    private float[] weights = new float[64];

    private RowFileReader(InputStream in, String file, @Nullable PartInfo expected) {
        this.in = in;
        this.file = file;
        this.expected = expected;
    }

    /** Opens a file that a manifest names; it must be exactly what the manifest says of it. */
    public static RowFileReader open(VersionStorage storage, PartInfo part) throws IOException {
        InputStream in;
        try {
            in = storage.open(part.path());
        } catch (NoSuchFileException missing) {
            throw new DamagedVersionException(part.path(), "the file is missing", missing);
        }
        return started(new RowFileReader(in, part.path(), part));
    }

    /** Reads a file of which nothing is known; {@code file} names it in messages. */
    public static RowFileReader of(InputStream in, String file) throws IOException {
        return started(new RowFileReader(in, file, null));
    }

    /**
     * What a complete file says of itself at its end. Its rows are not read: a file that is cut
     * short where its end happens to look like one passes, and is found out when it is read.
     *
     * @throws DamagedVersionException when it is missing, or its end is not that of a row file
     */
    static PartInfo describe(VersionStorage storage, String path, int shard) throws IOException {
        int end = 1 + RowFormat.TRAILER_BYTES;
        int leastRow = 1 + RowFormat.ROW_HEAD_BYTES;
        try (InputStream in = storage.open(path)) {
            long size = storage.size(path);
            if (size >= RowFormat.HEADER_BYTES + end) {
                in.skipNBytes(size - end);
                ByteBuffer trailer =
                        ByteBuffer.wrap(in.readNBytes(end)).order(ByteOrder.LITTLE_ENDIAN);
                if (trailer.remaining() == end && trailer.get() == RowFormat.END) {
                    long rows = trailer.getLong();
                    long crc32c = Integer.toUnsignedLong(trailer.getInt());
                    if (rows >= 0 && rows <= (size - RowFormat.HEADER_BYTES - end) / leastRow) {
                        return new PartInfo(path, shard, rows, size, crc32c);
                    }
                }
            }
            throw new DamagedVersionException(path, "it was not written to its end");
        } catch (NoSuchFileException missing) {
            throw new DamagedVersionException(path, "the file is missing", missing);
        }
    }

    private static RowFileReader started(RowFileReader reader) throws IOException {
        try {
            reader.readHeader();
            return reader;
        } catch (IOException | RuntimeException failure) {
            reader.close();
            throw failure;
        }
    }

    /**
     * Moves to the next row.
     *
     * @return false at the end, when all checks have passed
     */
    public boolean next() throws IOException {
        if (ended) {
            return false;
        }
        need(1);
        tag = buffer.get();
        switch (tag) {
            case RowFormat.ROW, RowFormat.TOMBSTONE, RowFormat.CANDIDATE -> readRow(tag);
            case RowFormat.END -> readTrailer();
            default -> throw damaged("unknown tag " + tag + " where row " + rows + " should start");
        }
        return !ended;
    }

    public long key() {
        return key;
    }

    /** True when the row was deleted; it then has no weights. */
    public boolean tombstone() {
        return tag == RowFormat.TOMBSTONE;
    }

    /** True when the row only counts its examples; it then has no weights. */
    public boolean candidate() {
        return tag == RowFormat.CANDIDATE;
    }

    /** Training examples that have updated the row. */
    public long examples() {
        return examples;
    }

    /** Largest event time among them, milliseconds since the epoch. */
    public long lastEventTime() {
        return lastEventTime;
    }

    /** Number of weights. */
    public int width() {
        return width;
    }

    /** The weights, in the first {@link #width} elements; overwritten by {@link #next}. */
    public float[] weights() {
        return weights;
    }

    /** Refuses a row with a weight that no model can use. */
    public void requireFinite() throws DamagedVersionException {
        for (int i = 0; i < width; i++) {
            if (!Float.isFinite(weights[i])) {
                throw damaged(
                        "weight " + i + " of row " + Long.toHexString(key) + " is " + weights[i]);
            }
        }
    }

    /** The file's name, for messages. */
    public String file() {
        return file;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private void readHeader() throws IOException {
        need(RowFormat.HEADER_BYTES);
        if (buffer.getLong() != RowFormat.MAGIC) {
            throw damaged("it does not start with MILLROWS, so it is no row file");
        }
        int format = buffer.getInt();
        if (format != RowFormat.FORMAT_VERSION) {
            throw new IncompatibleVersionException(
                    file,
                    "row format "
                            + format
                            + " is unknown; this reader knows "
                            + RowFormat.FORMAT_VERSION);
        }
    }

    private void readRow(byte kind) throws IOException {
        need(RowFormat.ROW_HEAD_BYTES);
        long before = key;
        key = buffer.getLong();
        examples = buffer.getLong();
        lastEventTime = buffer.getLong();
        width = Short.toUnsignedInt(buffer.getShort());
        if (rows > 0 && Long.compareUnsigned(key, before) <= 0) {
            throw damaged(
                    "row "
                            + Long.toHexString(key)
                            + " follows row "
                            + Long.toHexString(before)
                            + ", out of order");
        }
        if ((kind == RowFormat.ROW) == (width == 0)) {
            throw damaged(NAMES.get(kind) + Long.toHexString(key) + " has width " + width);
        }
        rows++;
        readWeights();
    }

    private void readWeights() throws IOException {
        if (weights.length < width) {
            weights = new float[width];
        }
        int read = 0;
        while (read < width) {
            int now = Math.min(width - read, BUFFER_BYTES / Float.BYTES);
            need(now * Float.BYTES);
            for (int i = 0; i < now; i++) {
                weights[read++] = buffer.getFloat();
            }
        }
    }

    private void readTrailer() throws IOException {
        need(Long.BYTES);
        long promisedRows = buffer.getLong();
        digest();
        long actual = checksum.getValue();
        need(Integer.BYTES);
        long promised = Integer.toUnsignedLong(buffer.getInt());
        if (promised != actual) {
            throw damaged("its checksum is " + hex(actual) + " but it says " + hex(promised));
        }
        if (promisedRows != rows) {
            throw damaged("it has " + rows + " rows but says " + promisedRows);
        }
        if (buffer.hasRemaining() || in.read() >= 0) {
            throw damaged("there is something after its end");
        }
        consumed += buffer.position();
        if (expected != null) {
            checkAgainst(expected, actual);
        }
        ended = true;
    }

    private void checkAgainst(PartInfo part, long actualChecksum) throws IOException {
        if (part.rows() != rows || part.bytes() != consumed || part.crc32c() != actualChecksum) {
            throw damaged(
                    String.format(
                            "it is not the file that was published: %d rows, %d bytes, checksum %s"
                                    + " were expected; it has %d, %d and %s",
                            part.rows(),
                            part.bytes(),
                            hex(part.crc32c()),
                            rows,
                            consumed,
                            hex(actualChecksum)));
        }
    }

    /** Makes the next {@code count} bytes available in the buffer. */
    private void need(int count) throws IOException {
        if (buffer.remaining() >= count) {
            return;
        }
        digest();
        consumed += buffer.position();
        digested = 0;
        buffer.compact();
        int filled = buffer.position();
        while (filled < count) {
            int read = in.read(bytes, filled, BUFFER_BYTES - filled);
            if (read < 0) {
                throw damaged(
                        "it ends after " + (consumed + filled) + " bytes, within row " + rows);
            }
            filled += read;
        }
        buffer.position(0).limit(filled);
    }

    /** Adds what was consumed since the last call to the checksum. */
    private void digest() {
        checksum.update(bytes, digested, buffer.position() - digested);
        digested = buffer.position();
    }

    private DamagedVersionException damaged(String reason) {
        return new DamagedVersionException(file, reason);
    }

    private static String hex(long checksum) {
        return String.format("%08x", checksum);
    }
}
