package io.millrace.jobs.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Arrays on the wire: a length, then the elements in bulk, little endian. */
public final class WireArrays {

    private WireArrays() {}

    public static void write(long[] values, DataOutputView target) throws IOException {
        byte[] bytes = new byte[values.length * Long.BYTES];
        littleEndian(bytes).asLongBuffer().put(values);
        write(bytes, target);
    }

    public static void write(int[] values, DataOutputView target) throws IOException {
        byte[] bytes = new byte[values.length * Integer.BYTES];
        littleEndian(bytes).asIntBuffer().put(values);
        write(bytes, target);
    }

    public static void write(float[] values, DataOutputView target) throws IOException {
        byte[] bytes = new byte[values.length * Float.BYTES];
        littleEndian(bytes).asFloatBuffer().put(values);
        write(bytes, target);
    }

    public static void write(byte[] values, DataOutputView target) throws IOException {
        target.writeInt(values.length);
        target.write(values);
    }

    public static long[] readLongs(DataInputView source) throws IOException {
        byte[] bytes = readBytes(source);
        long[] values = new long[bytes.length / Long.BYTES];
        littleEndian(bytes).asLongBuffer().get(values);
        return values;
    }

    public static int[] readInts(DataInputView source) throws IOException {
        byte[] bytes = readBytes(source);
        int[] values = new int[bytes.length / Integer.BYTES];
        littleEndian(bytes).asIntBuffer().get(values);
        return values;
    }

    public static float[] readFloats(DataInputView source) throws IOException {
        byte[] bytes = readBytes(source);
        float[] values = new float[bytes.length / Float.BYTES];
        littleEndian(bytes).asFloatBuffer().get(values);
        return values;
    }

    public static byte[] readBytes(DataInputView source) throws IOException {
        byte[] bytes = new byte[source.readInt()];
        source.readFully(bytes);
        return bytes;
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
