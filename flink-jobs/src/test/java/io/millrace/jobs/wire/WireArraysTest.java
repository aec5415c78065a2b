package io.millrace.jobs.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireArraysTest {

    /** What follows an array must be found where it was written. */
    private static final int MARK = 0x5EA1ED;

    private final Random random = new Random(1);
    private final DataOutputSerializer out = new DataOutputSerializer(16);

    @Test
    void usageExample() throws IOException {
        WireArrays.write(new float[] {1.5f, -2f}, out);

        byte[] bytes = out.getCopyOfBuffer();
        assertThat(bytes).isEqualTo(Hex.bytes("00000008 0000c03f 000000c0"));
        assertThat(WireArrays.readFloats(new DataInputDeserializer(bytes)))
                .containsExactly(1.5f, -2f);
    }

    /** In chunks of 8192 bytes: none, less than one, one, and several whole or not. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 1023, 1024, 1025, 2048, 2049, 10_000})
    void longs(int length) throws IOException {
        long[] values = random.longs(length).toArray();
        WireArrays.write(values, out);
        out.writeInt(MARK);

        ByteBuffer expected = expected(length * Long.BYTES);
        Arrays.stream(values).forEach(expected::putLong);
        DataInputDeserializer in = assertWritten(expected);
        assertThat(WireArrays.readLongs(in)).isEqualTo(values);
        assertEndsWithMark(in);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 2047, 2048, 2049, 4096, 4097, 10_000})
    void ints(int length) throws IOException {
        int[] values = random.ints(length).toArray();
        WireArrays.write(values, out);
        out.writeInt(MARK);

        ByteBuffer expected = expected(length * Integer.BYTES);
        Arrays.stream(values).forEach(expected::putInt);
        DataInputDeserializer in = assertWritten(expected);
        assertThat(WireArrays.readInts(in)).isEqualTo(values);
        assertEndsWithMark(in);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 2047, 2048, 2049, 4096, 4097, 10_000})
    void floats(int length) throws IOException {
        float[] values = floatsOf(length);
        WireArrays.write(values, out);
        out.writeInt(MARK);

        DataInputDeserializer in = assertWritten(expected(values, 0, length));
        assertThat(WireArrays.readFloats(in)).isEqualTo(values);
        assertEndsWithMark(in);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8191, 8192, 8193})
    void bytes(int length) throws IOException {
        byte[] values = new byte[length];
        random.nextBytes(values);
        WireArrays.write(values, out);
        out.writeInt(MARK);

        DataInputDeserializer in = assertWritten(expected(length).put(values));
        assertThat(WireArrays.readBytes(in)).isEqualTo(values);
        assertEndsWithMark(in);
    }

    @Test
    void arraysThatAreCutShortAreRefused() throws IOException {
        WireArrays.write(floatsOf(3000), out);
        for (int length : new int[] {0, 3, 4, 4 + 8191, 4 + 8192, 4 + 8193, 4 + 11_999}) {
            byte[] cut = Arrays.copyOf(out.getCopyOfBuffer(), length);
            assertThatThrownBy(() -> WireArrays.readFloats(new DataInputDeserializer(cut)))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> WireArrays.readInts(new DataInputDeserializer(cut)))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> WireArrays.readLongs(new DataInputDeserializer(cut)))
                    .isInstanceOf(IOException.class);
        }
    }

    private DataInputDeserializer assertWritten(ByteBuffer expected) throws IOException {
        expected.order(ByteOrder.BIG_ENDIAN).putInt(MARK);
        assertThat(expected.hasRemaining()).isFalse();
        assertThat(out.getCopyOfBuffer()).isEqualTo(expected.array());
        return new DataInputDeserializer(out.getCopyOfBuffer());
    }

    private static void assertEndsWithMark(DataInputDeserializer in) throws IOException {
        assertThat(in.readInt()).isEqualTo(MARK);
        assertThat(in.available()).isZero();
    }

    private float[] floatsOf(int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }

    private static ByteBuffer expected(float[] values, int from, int to) {
        ByteBuffer expected = expected((to - from) * Float.BYTES);
        for (int i = from; i < to; i++) {
            expected.putFloat(values[i]);
        }
        return expected;
    }

    /** The length in bytes, and room for so many and the mark, to be filled in little endian. */
    private static ByteBuffer expected(int bytes) {
        return ByteBuffer.allocate(Integer.BYTES + bytes + Integer.BYTES)
                .putInt(bytes)
                .order(ByteOrder.LITTLE_ENDIAN);
    }
}
