package io.millrace.model.parameter;

import io.millrace.model.architecture.TensorSpec;
import it.unimi.dsi.fastutil.HashCommon;
import java.util.Arrays;

/** Initial weights as a function of (seed, key), so that they do not depend on arrival order. */
final class InitialWeights {

    private static final double TO_UNIT = 0x1p-53;

    private InitialWeights() {}

    static void write(ParameterLayout layout, long seed, long key, float[] weights, int at) {
        if (ParameterKey.slot(key) == ParameterKey.DENSE_SLOT) {
            writeBlock(layout.dense(), seed, (int) ParameterKey.hash(key), weights, at);
        } else {
            int dimension = layout.dimension(ParameterKey.slot(key));
            writeEmbedding(dimension, seed, key, weights, at);
            Arrays.fill(weights, at + dimension, at + layout.width(key), 0f);
        }
    }

    /** U(-1/sqrt(D), 1/sqrt(D)) / 10: small, so that a new value starts near "no opinion". */
    private static void writeEmbedding(
            int dimension, long seed, long key, float[] weights, int at) {
        double bound = 0.1 / Math.sqrt(dimension);
        for (int i = 0; i < dimension; i++) {
            weights[at + i] = (float) (bound * uniform(seed, key, i));
        }
    }

    private static void writeBlock(
            DenseLayout dense, long seed, int block, float[] weights, int at) {
        int from = block * DenseLayout.BLOCK;
        int to = Math.min(from + DenseLayout.BLOCK, dense.size());
        Arrays.fill(weights, at, at + DenseLayout.BLOCK, 0f);
        for (int tensor = 0; tensor < dense.tensors().size(); tensor++) {
            int start = Math.max(from, dense.start(tensor));
            int end = Math.min(to, dense.start(tensor + 1));
            for (int position = start; position < end; position++) {
                weights[at + position - from] =
                        initial(dense.tensors().get(tensor), seed, position);
            }
        }
    }

    private static float initial(TensorSpec tensor, long seed, int position) {
        return switch (tensor.initializer()) {
            case ZEROS -> 0f;
            case ONES -> 1f;
            case GLOROT_UNIFORM ->
                    scaled(Math.sqrt(6.0 / (fanIn(tensor) + fanOut(tensor))), seed, position);
        };
    }

    private static float scaled(double bound, long seed, int position) {
        return (float) (bound * uniform(seed, ParameterKey.DENSE_SLOT, position));
    }

    private static int fanIn(TensorSpec tensor) {
        return tensor.shape().get(Math.max(0, tensor.shape().size() - 2));
    }

    private static int fanOut(TensorSpec tensor) {
        return tensor.shape().size() < 2 ? 1 : tensor.shape().get(tensor.shape().size() - 1);
    }

    /** Uniform in [-1, 1). */
    private static double uniform(long seed, long key, int position) {
        long mixed =
                HashCommon.murmurHash3(
                        HashCommon.murmurHash3(HashCommon.murmurHash3(seed) ^ key) + position);
        return (mixed >>> 11) * TO_UNIT * 2 - 1;
    }
}
