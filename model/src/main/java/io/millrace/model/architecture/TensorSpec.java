package io.millrace.model.architecture;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * A named dense tensor of an architecture, and how it starts.
 *
 * @param name unique in the architecture, e.g. {@code cross.0.weight}
 * @param shape its dimensions
 * @param initializer how its first weights are drawn
 */
public record TensorSpec(String name, List<Integer> shape, Initializer initializer)
        implements Serializable {

    public TensorSpec {
        shape = List.copyOf(shape);
        for (int length : shape) {
            if (length < 1) {
                throw new IllegalArgumentException(
                        "the tensor " + name + " would have the shape " + shape);
            }
        }
    }

    /** Glorot uniform: U(-a, a), a = sqrt(6 / (fan-in + fan-out)); for a matrix [in, out]. */
    public static TensorSpec matrix(String name, int in, int out) {
        return new TensorSpec(name, List.of(in, out), Initializer.GLOROT_UNIFORM);
    }

    /** A vector that starts at zero. */
    public static TensorSpec bias(String name, int size) {
        return new TensorSpec(name, List.of(size), Initializer.ZEROS);
    }

    /** A vector that starts at one. */
    public static TensorSpec ones(String name, int size) {
        return new TensorSpec(name, List.of(size), Initializer.ONES);
    }

    /** Number of weights. */
    public int size() {
        return shape.stream().reduce(1, Math::multiplyExact);
    }

    /** The shape as DJL takes it. */
    public long[] dimensions() {
        return Arrays.stream(shape.toArray(new Integer[0])).mapToLong(Integer::longValue).toArray();
    }

    /** How first weights are drawn. */
    public enum Initializer {
        ZEROS,
        ONES,
        GLOROT_UNIFORM
    }
}
