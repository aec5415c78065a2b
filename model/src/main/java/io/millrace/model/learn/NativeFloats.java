package io.millrace.model.learn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * Native memory through which floats become a tensor: reused, and grown when needed. On the CPU
 * tensors lie in this very memory: all that were made of one filling must be done with before the
 * room is filled again.
 */
final class NativeFloats {

    private ByteBuffer bytes = ByteBuffer.allocateDirect(0);

    /** Room for {@code length} floats, to be filled before {@link #tensor}. */
    FloatBuffer room(int length) {
        int needed = Math.multiplyExact(length, Float.BYTES);
        if (bytes.capacity() < needed) {
            bytes = ByteBuffer.allocateDirect(Math.max(needed, 2 * bytes.capacity()));
        }
        return bytes.clear().limit(needed).order(ByteOrder.nativeOrder()).asFloatBuffer();
    }

    /** A tensor of the floats in the room, on the manager's device. */
    NDArray tensor(NDManager manager, Shape shape) {
        return tensor(manager, 0, shape);
    }

    /** A tensor of the floats in the room from the one at {@code start}. */
    NDArray tensor(NDManager manager, int start, Shape shape) {
        int length = Math.toIntExact(shape.size() * Float.BYTES);
        return manager.create(
                bytes.slice(start * Float.BYTES, length).order(ByteOrder.nativeOrder()),
                shape,
                DataType.FLOAT32);
    }

    /** A tensor of the first floats of an array. */
    NDArray tensor(NDManager manager, float[] values, Shape shape) {
        int length = Math.toIntExact(shape.size());
        room(length).put(0, values, 0, length);
        return tensor(manager, shape);
    }
}
