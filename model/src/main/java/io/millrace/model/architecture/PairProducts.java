package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;

/**
 * Dot products of all pairs of vectors, each pair once.
 *
 * @param count number of vectors, n
 * @param self whether a vector's product with itself counts as a pair
 */
record PairProducts(int count, boolean self) {

    /** Number of pairs. */
    int size() {
        return count * (self ? count + 1 : count - 1) / 2;
    }

    /** From [B, n, D] to [B, size]: pairs (i, j) with j below i, or equal to it, row after row. */
    NDArray apply(NDArray vectors) {
        NDArray products = vectors.matMul(vectors.transpose(0, 2, 1));
        NDArray index =
                vectors.getManager()
                        .create(places(), new Shape(1, size()))
                        .broadcast(vectors.getShape().get(0), size());
        return products.reshape(-1, (long) count * count).gather(index, 1);
    }

    /** Where the pairs lie in a flattened n x n matrix. */
    private long[] places() {
        long[] places = new long[size()];
        int at = 0;
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < (self ? i + 1 : i); j++) {
                places[at++] = (long) i * count + j;
            }
        }
        return places;
    }
}
