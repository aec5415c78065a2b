package io.millrace.model.architecture;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.architecture.Inputs.Purpose;
import java.util.Collections;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A random batch of features with embeddings of one dimension, in double precision.
 *
 * @param fields F
 * @param dimension D
 * @param embeddings an example a row
 * @param numbers an example a row
 */
record PlainExamples(int fields, int dimension, double[][] embeddings, double[][] numbers) {

    static PlainExamples random(int size, int fields, int dimension, int numeric, long seed) {
        Random random = new Random(seed);
        return new PlainExamples(
                fields,
                dimension,
                PlainTensors.rows(
                        random.doubles((long) size * fields * dimension, -1, 1).toArray(), size),
                PlainTensors.rows(random.doubles((long) size * numeric, -2, 2).toArray(), size));
    }

    InputShape shape() {
        return InputShapes.of(Collections.nCopies(fields, dimension), numbers[0].length);
    }

    Inputs inputs(NDManager manager, @Nullable DropoutMasks masks) {
        Shape weights = new Shape(embeddings.length, 0);
        return new Inputs(
                shape(),
                manager.create(embeddings),
                manager.zeros(weights),
                manager.create(
                        PlainLoops.sideBySide(numbers)[0],
                        new Shape(numbers.length, numbers[0].length)),
                Purpose.LEARNING,
                masks);
    }

    /** The vectors of one example: embeddings, then each number times its own vector. */
    double[][] vectors(int example, PlainTensors tensors) {
        double[][] vectors = new double[fields + numbers[0].length][];
        System.arraycopy(PlainTensors.rows(embeddings[example], fields), 0, vectors, 0, fields);
        for (int n = 0; n < numbers[0].length; n++) {
            double[] vector = tensors.matrix("numeric.vectors")[n].clone();
            for (int d = 0; d < dimension; d++) {
                vector[d] *= numbers[example][n];
            }
            vectors[fields + n] = vector;
        }
        return vectors;
    }
}
