package io.millrace.schemas.codec;

import java.io.EOFException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.avro.io.Decoder;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * Avro's binary encoding, read straight from a byte array that nobody vouches for.
 *
 * <p>It differs from Avro's own {@code BinaryDecoder} in being strict: every length and item count
 * is checked against the bytes that are left before anything is allocated for it, text must be
 * UTF-8, and a boolean must be 0 or 1. An array or map may therefore claim no more items than there
 * are bytes left, which holds for every schema whose items take at least one byte each.
 *
 * <p>Reading past the end throws {@link EOFException}; anything else that is wrong throws another
 * {@link IOException}.
 */
final class PayloadDecoder extends Decoder {

    private static final VarHandle LITTLE_ENDIAN_INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LITTLE_ENDIAN_LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final char REPLACEMENT = '\uFFFD';

    private byte[] payload = new byte[0];
    private int position;

    /** Starts over with the payload's bytes from {@code from} on. */
    void reset(byte[] payload, int from) {
        this.payload = payload;
        this.position = from;
    }

    @Override
    public int remainingBytes() {
        return payload.length - position;
    }

    @Override
    public void readNull() {}

    @Override
    public boolean readBoolean() throws IOException {
        require(1);
        byte value = payload[position++];
        if ((value & ~1) != 0) {
            throw malformed("a boolean is 0 or 1, not " + (value & 0xff));
        }
        return value == 1;
    }

    @Override
    public int readInt() throws IOException {
        long value = readLong();
        if ((int) value != value) {
            throw malformed("the int " + value + " does not fit in 32 bits");
        }
        return (int) value;
    }

    @Override
    public long readLong() throws IOException {
        long bits = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (position == payload.length) {
                throw cutOff("a number goes on");
            }
            byte next = payload[position++];
            bits |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return (bits >>> 1) ^ -(bits & 1);
            }
        }
        throw malformed("a number has more than 10 bytes");
    }

    @Override
    public float readFloat() throws IOException {
        require(Float.BYTES);
        int bits = (int) LITTLE_ENDIAN_INT.get(payload, position);
        position += Float.BYTES;
        return Float.intBitsToFloat(bits);
    }

    @Override
    public double readDouble() throws IOException {
        require(Double.BYTES);
        long bits = (long) LITTLE_ENDIAN_LONG.get(payload, position);
        position += Double.BYTES;
        return Double.longBitsToDouble(bits);
    }

    @Override
    public Utf8 readString(@Nullable Utf8 old) throws IOException {
        return new Utf8(readString());
    }

    @Override
    public String readString() throws IOException {
        int length = readLength();
        String text = new String(payload, position, length, StandardCharsets.UTF_8);
        // Invalid bytes became replacement characters, so only text that has any needs the slow
        // check whether they were sent as such.
        if (text.indexOf(REPLACEMENT) >= 0) {
            requireUtf8(length);
        }
        position += length;
        return text;
    }

    private void requireUtf8(int length) throws IOException {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload, position, length));
        } catch (CharacterCodingException e) {
            throw new IOException("At byte " + position + ", the text is not UTF-8.", e);
        }
    }

    @Override
    public void skipString() throws IOException {
        skipBytes();
    }

    @Override
    public ByteBuffer readBytes(@Nullable ByteBuffer old) throws IOException {
        int length = readLength();
        byte[] copy = Arrays.copyOfRange(payload, position, position + length);
        position += length;
        return ByteBuffer.wrap(copy);
    }

    @Override
    public void skipBytes() throws IOException {
        // Not in one expression, which would add to the position before the length.
        int length = readLength();
        position += length;
    }

    @Override
    public void readFixed(byte[] bytes, int start, int length) throws IOException {
        require(length);
        System.arraycopy(payload, position, bytes, start, length);
        position += length;
    }

    @Override
    public void skipFixed(int length) throws IOException {
        require(length);
        position += length;
    }

    @Override
    public int readEnum() throws IOException {
        return readInt();
    }

    @Override
    public int readIndex() throws IOException {
        return readInt();
    }

    @Override
    public long readArrayStart() throws IOException {
        return readItemCount();
    }

    @Override
    public long arrayNext() throws IOException {
        return readItemCount();
    }

    @Override
    public long skipArray() throws IOException {
        return skipSizedBlocks();
    }

    @Override
    public long readMapStart() throws IOException {
        return readItemCount();
    }

    @Override
    public long mapNext() throws IOException {
        return readItemCount();
    }

    @Override
    public long skipMap() throws IOException {
        return skipSizedBlocks();
    }

    /** The items in the next block; 0 ends the array or map. */
    private long readItemCount() throws IOException {
        long count = readLong();
        if (count < 0) {
            readLength();
            count = -count;
        }
        return requireItems(count);
    }

    /**
     * Skips the blocks that say how many bytes they have; the items of another are left to skip.
     */
    private long skipSizedBlocks() throws IOException {
        long count = readLong();
        while (count < 0) {
            skipBytes();
            count = readLong();
        }
        return requireItems(count);
    }

    private long requireItems(long count) throws IOException {
        // The one negative number here is Long.MIN_VALUE, which has no positive counterpart.
        if (count < 0) {
            throw malformed("an item count is out of range");
        }
        if (count > remainingBytes()) {
            throw cutOff(count + " items follow");
        }
        return count;
    }

    private int readLength() throws IOException {
        long length = readLong();
        if (length < 0) {
            throw malformed("a length is negative: " + length);
        }
        if (length > remainingBytes()) {
            throw cutOff("a length of " + length + " bytes is given");
        }
        return (int) length;
    }

    private void require(int bytes) throws EOFException {
        if (bytes > remainingBytes()) {
            throw cutOff("a value of " + bytes + " bytes follows");
        }
    }

    private EOFException cutOff(String what) {
        return new EOFException(
                "At byte %d, %s, but only %d bytes are left."
                        .formatted(position, what, remainingBytes()));
    }

    private IOException malformed(String what) {
        return new IOException("Before byte %d, %s.".formatted(position, what));
    }
}
