package io.millrace.jobs.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Arrays on the wire: a length in bytes, then the elements in bulk, little endian. They go through
 * a small chunk of bytes, so that a large array needs no second one as large.
 */
public final class WireArrays {

    private static final int CHUNK = 8192;

    private WireArrays() {}

    public static void write(long[] values, DataOutputView target) throws IOException {
        byte[] chunk = start(values.length, Long.BYTES, target);
        LongBuffer view = littleEndian(chunk).asLongBuffer();
        for (int at = 0; at < values.length; at += view.capacity()) {
            int count = Math.min(view.capacity(), values.length - at);
            view.put(0, values, at, count);
            target.write(chunk, 0, count * Long.BYTES);
        }
    }

    public static void write(int[] values, DataOutputView target) throws IOException {
        byte[] chunk = start(values.length, Integer.BYTES, target);
        IntBuffer view = littleEndian(chunk).asIntBuffer();
        for (int at = 0; at < values.length; at += view.capacity()) {
            int count = Math.min(view.capacity(), values.length - at);
            view.put(0, values, at, count);
            target.write(chunk, 0, count * Integer.BYTES);
        }
    }

    public static void write(float[] values, DataOutputView target) throws IOException {
        byte[] chunk = start(values.length, Float.BYTES, target);
        FloatBuffer view = littleEndian(chunk).asFloatBuffer();
        for (int at = 0; at < values.length; at += view.capacity()) {
            int count = Math.min(view.capacity(), values.length - at);
            view.put(0, values, at, count);
            target.write(chunk, 0, count * Float.BYTES);
        }
    }

    public static void write(byte[] values, DataOutputView target) throws IOException {
        target.writeInt(values.length);
        target.write(values);
    }

    public static long[] readLongs(DataInputView source) throws IOException {
        long[] values = new long[source.readInt() / Long.BYTES];
        byte[] chunk = chunk(values.length, Long.BYTES);
        LongBuffer view = littleEndian(chunk).asLongBuffer();
        for (int at = 0; at < values.length; at += view.capacity()) {
            int count = Math.min(view.capacity(), values.length - at);
            source.readFully(chunk, 0, count * Long.BYTES);
            view.get(0, values, at, count);
        }
        return values;
    }

    public static int[] readInts(DataInputView source) throws IOException {
        int[] values = new int[source.readInt() / Integer.BYTES];
        byte[] chunk = chunk(values.length, Integer.BYTES);
        IntBuffer view = littleEndian(chunk).asIntBuffer();
        for (int at = 0; at < values.length; at += view.capacity()) {
            int count = Math.min(view.capacity(), values.length - at);
            source.readFully(chunk, 0, count * Integer.BYTES);
            view.get(0, values, at, count);
        }
        return values;
    }

    public static float[] readFloats(DataInputView source) throws IOException {
        float[] values = new float[source.readInt() / Float.BYTES];
        byte[] chunk = chunk(values.length, Float.BYTES);
        FloatBuffer view = littleEndian(chunk).asFloatBuffer();
        for (int at = 0; at < values.length; at += view.capacity()) {
            int count = Math.min(view.capacity(), values.length - at);
            source.readFully(chunk, 0, count * Float.BYTES);
            view.get(0, values, at, count);
        }
        return values;
    }

    public static byte[] readBytes(DataInputView source) throws IOException {
        byte[] bytes = new byte[source.readInt()];
        source.readFully(bytes);
        return bytes;
    }

    private static byte[] start(int length, int size, DataOutputView target) throws IOException {
        target.writeInt(Math.multiplyExact(length, size));
        return chunk(length, size);
    }

    private static byte[] chunk(int length, int size) {
        return new byte[(int) Math.min(CHUNK, (long) length * size)];
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
