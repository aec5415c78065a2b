package io.millrace.model.explain;

import io.millrace.model.architecture.TensorSpec;
import io.millrace.model.parameter.DenseLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The trained tensors of a network, by name. */
@SuppressWarnings("ArrayRecordComponent") // The dense vector; read it only.
record Weights(DenseLayout layout, float[] dense) {

    boolean has(String name) {
        return layout.tensors().stream().anyMatch(tensor -> tensor.name().equals(name));
    }

    /**
     * @throws IllegalArgumentException when the network has no such tensor
     */
    Matrix matrix(String name) {
        return matrices(name).get(0);
    }

    /**
     * The matrices that a tensor [n, rows, columns] holds one after the other; one for a matrix.
     *
     * @throws IllegalArgumentException when the network has no such tensor
     */
    List<Matrix> matrices(String name) {
        int index = index(name);
        List<Integer> shape = layout.tensors().get(index).shape();
        int rows = shape.get(shape.size() - 2);
        int columns = shape.get(shape.size() - 1);
        List<Matrix> matrices = new ArrayList<>();
        for (int at = layout.start(index); at < layout.start(index + 1); at += rows * columns) {
            float[] values = Arrays.copyOfRange(dense, at, at + rows * columns);
            matrices.add(new Matrix(rows, columns, values));
        }
        return matrices;
    }

    private int index(String name) {
        List<TensorSpec> tensors = layout.tensors();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < tensors.size(); i++) {
            names.add(tensors.get(i).name());
        }
        int index = names.indexOf(name);
        if (index < 0) {
            throw new IllegalArgumentException(
                    "the network has no tensor " + name + "; it has " + names);
        }
        return index;
    }

    /** Row after row. */
    @SuppressWarnings("ArrayRecordComponent")
    record Matrix(int rows, int columns, float[] values) {

        double at(int row, int column) {
            return values[row * columns + column];
        }

        static Matrix zeros(int rows, int columns) {
            return new Matrix(rows, columns, new float[rows * columns]);
        }

        /** Adds another, times {@code scale}, to this one. */
        void add(Matrix other, double scale) {
            for (int i = 0; i < values.length; i++) {
                values[i] += (float) (other.values[i] * scale);
            }
        }

        Matrix times(Matrix other) {
            float[] product = new float[rows * other.columns];
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < other.columns; j++) {
                    double sum = 0;
                    for (int k = 0; k < columns; k++) {
                        sum += at(i, k) * other.at(k, j);
                    }
                    product[i * other.columns + j] = (float) sum;
                }
            }
            return new Matrix(rows, other.columns, product);
        }
    }
}
