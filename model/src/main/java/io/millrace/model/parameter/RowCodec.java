package io.millrace.model.parameter;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The bytes of a parameter row, all numbers little endian:
 *
 * <pre>
 * offset  bytes   content
 *      0      1   format version, {@value #VERSION}; {@value #CANDIDATE} for a candidate
 *      1      8   examples
 *      9      8   last event time, milliseconds since the epoch
 *     17  4 size  the row's floats: weights, then optimizer state; a candidate has none
 * </pre>
 *
 * <p>The floats are copied in bulk; a write allocates only the array that the store keeps.
 */
public final class RowCodec {

    /** The format that {@link #encode} writes. */
    public static final byte VERSION = 1;

    /** The format of a row that only counts. */
    public static final byte CANDIDATE = 2;

    private static final int HEADER = 1 + 2 * Long.BYTES;

    private RowCodec() {}

    /** Length of an encoded row of {@code size} floats, in bytes. */
    public static int length(int size) {
        return HEADER + size * Float.BYTES;
    }

    /** Length of this row when encoded, in bytes. */
    public static int length(RowBuffer row) {
        return length(row.candidate ? 0 : row.size);
    }

    /**
     * Length of an encoded row, in bytes.
     *
     * @param format its first byte
     * @param size its floats, if it has any
     */
    public static int length(byte format, int size) {
        return length(format == CANDIDATE ? 0 : size);
    }

    /** The row as a new array. */
    public static byte[] encode(RowBuffer row) {
        byte[] bytes = new byte[length(row)];
        encode(row, ByteBuffer.wrap(bytes));
        return bytes;
    }

    /** Puts the row's bytes into a buffer with room for them. */
    public static void encode(RowBuffer row, ByteBuffer into) {
        into.order(ByteOrder.LITTLE_ENDIAN);
        into.put(row.candidate ? CANDIDATE : VERSION)
                .putLong(row.examples)
                .putLong(row.lastEventTime);
        if (row.candidate) {
            return;
        }
        into.asFloatBuffer().put(row.values, row.at, row.size);
        into.position(into.position() + row.size * Float.BYTES);
    }

    /**
     * Reads a row into the {@code size} floats that the buffer points at; of a candidate, its
     * header.
     *
     * @throws IllegalArgumentException when the bytes have another format version or hold a row of
     *     another size
     */
    public static void decode(byte[] bytes, RowBuffer row) {
        if (bytes.length == 0 || bytes[0] != VERSION && bytes[0] != CANDIDATE) {
            throw new IllegalArgumentException(unknownFormat(bytes));
        }
        row.candidate = bytes[0] == CANDIDATE;
        if (bytes.length != length(row)) {
            throw new IllegalArgumentException(
                    "A parameter row of "
                            + (row.candidate ? 0 : row.size)
                            + " floats takes "
                            + length(row)
                            + " bytes, but "
                            + bytes.length
                            + " were found; was the dimension or the optimizer changed since it was"
                            + " written?");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        buffer.position(1);
        row.examples = buffer.getLong();
        row.lastEventTime = buffer.getLong();
        if (!row.candidate) {
            buffer.asFloatBuffer().get(row.values, row.at, row.size);
        }
    }

    private static String unknownFormat(byte[] bytes) {
        return bytes.length == 0
                ? "A parameter row has no bytes at all; expected format version " + VERSION + "."
                : "A parameter row has format version "
                        + bytes[0]
                        + ", but only versions "
                        + VERSION
                        + " and "
                        + CANDIDATE
                        + " can be read; was it written by a newer release?";
    }
}
