package io.millrace.model.architecture;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/** Random tensors in double precision: by name for loops, as a list for an architecture. */
final class PlainTensors {

    private final Map<String, TensorSpec> specs = new LinkedHashMap<>();
    private final Map<String, double[]> values = new LinkedHashMap<>();

    PlainTensors(List<TensorSpec> tensors, long seed) {
        Random random = new Random(seed);
        for (TensorSpec tensor : tensors) {
            if (specs.put(tensor.name(), tensor) != null) {
                throw new IllegalArgumentException("two tensors are named " + tensor.name());
            }
            values.put(tensor.name(), random.doubles(tensor.size(), -1, 1).toArray());
        }
    }

    double[] vector(String name) {
        return Objects.requireNonNull(values.get(name), name);
    }

    double[][] matrix(String name) {
        int rows = Objects.requireNonNull(specs.get(name), name).shape().get(0);
        return rows(vector(name), rows);
    }

    NDList arrays(NDManager manager) {
        NDList arrays = new NDList();
        values.forEach(
                (name, value) ->
                        arrays.add(
                                manager.create(
                                        value,
                                        new Shape(
                                                Objects.requireNonNull(specs.get(name))
                                                        .dimensions()))));
        return arrays;
    }

    /** Numbers cut into as many rows. */
    static double[][] rows(double[] values, int rows) {
        int width = values.length / rows;
        double[][] result = new double[rows][width];
        for (int i = 0; i < rows; i++) {
            System.arraycopy(values, i * width, result[i], 0, width);
        }
        return result;
    }
}
