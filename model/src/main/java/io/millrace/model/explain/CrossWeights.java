package io.millrace.model.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/**
 * Strengths from the weights of cross layers x_{l+1} = x0 * (W_l x_l + b_l) + x_l: of a pair of
 * features the Frobenius norm of its block of W, whose rows are feature i's in x0 and whose columns
 * are feature j's in x_l. Of low rank, W is the product of its factors; of a mixture of experts,
 * the mean of the products V_i C_i U_i: what the layer does to first order where x_l is small, for
 * there tanh is the identity and the gate weighs all experts alike. Wang et al., "DCN V2", 2021
 * (figure 5), <a href="https://arxiv.org/abs/2008.13535">arXiv 2008.13535</a>.
 *
 * @param weights of the network
 * @param features the blocks
 * @param perWeight whether a norm is divided by the square root of its block's size, which makes it
 *     the root mean square of the block's weights; without that, features of a larger dimension
 *     have larger norms
 */
record CrossWeights(Weights weights, List<FeatureSpan> features, boolean perWeight) {

    /** Every row counts in full. */
    private static final IntToDoubleFunction WHOLE = row -> 1;

    /** One matrix a cross layer; none when there is no cross layer. */
    List<PairStrengths.Layer> layers() {
        List<PairStrengths.Layer> layers = new ArrayList<>();
        for (int layer = 0; exists(layer); layer++) {
            layers.add(layer(layer, WHOLE));
        }
        return layers;
    }

    private boolean exists(int layer) {
        return weights.has(name(layer) + ".weight") || weights.has(name(layer) + ".v");
    }

    /**
     * @param scale by which row d of W_l (a column of x0) is multiplied first
     */
    PairStrengths.Layer layer(int layer, IntToDoubleFunction scale) {
        return new PairStrengths.Layer("cross layer " + (layer + 1), norms(matrix(layer), scale));
    }

    /** W_l as the network holds it, [in, out]: its columns are those of x0. */
    private Weights.Matrix matrix(int layer) {
        String name = name(layer);
        if (weights.has(name + ".weight")) {
            return weights.matrix(name + ".weight");
        }
        List<Weights.Matrix> v = weights.matrices(name + ".v");
        List<Weights.Matrix> u = weights.matrices(name + ".u");
        if (!weights.has(name + ".c")) {
            return v.get(0).times(u.get(0));
        }
        List<Weights.Matrix> c = weights.matrices(name + ".c");
        Weights.Matrix mean = Weights.Matrix.zeros(v.get(0).rows(), u.get(0).columns());
        for (int expert = 0; expert < v.size(); expert++) {
            Weights.Matrix product = v.get(expert).times(c.get(expert)).times(u.get(expert));
            mean.add(product, 1.0 / v.size());
        }
        return mean;
    }

    private double[][] norms(Weights.Matrix matrix, IntToDoubleFunction scale) {
        double[][] norms = new double[features.size()][features.size()];
        for (int i = 0; i < norms.length; i++) {
            for (int j = 0; j < norms.length; j++) {
                norms[i][j] = norm(matrix, features.get(i), features.get(j), scale);
            }
        }
        return norms;
    }

    private double norm(
            Weights.Matrix matrix, FeatureSpan x0, FeatureSpan x, IntToDoubleFunction scale) {
        double squares = 0;
        for (int out = x0.from(); out < x0.to(); out++) {
            for (int in = x.from(); in < x.to(); in++) {
                double weight = matrix.at(in, out) * scale.applyAsDouble(out);
                squares += weight * weight;
            }
        }
        return Math.sqrt(perWeight ? squares / (x0.width() * x.width()) : squares);
    }

    private static String name(int layer) {
        return "cross." + layer;
    }
}
