package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Multi-head self-attention without positions: Vaswani et al., "Attention Is All You Need", 2017,
 * <a href="https://arxiv.org/abs/1706.03762">arXiv 1706.03762</a>, in the notation of Song et al.,
 * "AutoInt", 2019, <a href="https://arxiv.org/abs/1810.11921">arXiv 1810.11921</a>, eq. 5 to 8.
 *
 * <p>From F vectors [B, F, {@code in}] to as many [B, F, heads x dimension]. In head h, vector m
 * looks at vector k with the weight softmax_k of (W_query e_m) . (W_key e_k) (eq. 5), takes the sum
 * of W_value e_k with these weights (eq. 6), and the heads lie side by side (eq. 7). With a
 * residual, W_res e_m is added, the part of eq. 8 that stands inside its ReLU. There are no biases.
 *
 * @param name prefix of its tensors' names
 * @param in length of the vectors
 * @param heads number of heads
 * @param dimension length of a head's part of the outcome
 * @param residual whether W_res e_m is added
 * @param scale whether the products are divided by sqrt(dimension) before the softmax, as by
 *     Vaswani et al.
 * @param dropout the share of the weights that is dropped while learning
 */
record SelfAttention(
        String name,
        int in,
        int heads,
        int dimension,
        boolean residual,
        boolean scale,
        double dropout) {

    /**
     * What the vectors have become.
     *
     * @param vectors [B, F, heads x dimension]
     * @param weights [B, heads, F, F], before dropout: in row m how much vector m looks at each;
     *     each row sums to 1
     */
    record Attended(NDArray vectors, NDArray weights) {}

    /** Length of the vectors that it makes. */
    int out() {
        return Math.multiplyExact(heads, dimension);
    }

    List<TensorSpec> tensors() {
        List<TensorSpec> tensors = new ArrayList<>();
        for (String projection : List.of("query", "key", "value", "residual")) {
            if (residual || !projection.equals("residual")) {
                tensors.add(TensorSpec.matrix(name + "." + projection, in, out()));
            }
        }
        return tensors;
    }

    /** Takes its tensors from the iterator, in the order of {@link #tensors}. */
    Attended apply(NDArray x, Iterator<NDArray> tensors, Inputs inputs) {
        NDList projected = project(x, tensors);
        NDArray query = projected.get(0);
        // The query is smaller than the products.
        NDArray scaled = scale ? Scaling.times(query, 1 / Math.sqrt(dimension)) : query;
        NDArray weights = scaled.matMul(projected.get(1).transpose(0, 1, 3, 2)).softmax(-1);
        NDArray mixed = inputs.dropout(weights, dropout).matMul(projected.get(2));
        NDArray sum = residual ? mixed.add(projected.get(3)) : mixed;
        Shape shape = x.getShape();
        return new Attended(
                sum.transpose(0, 2, 1, 3).reshape(shape.get(0), shape.get(1), out()), weights);
    }

    /** Query, key, value and residual by one product, each [B, heads, F, dimension]. */
    private NDList project(NDArray x, Iterator<NDArray> tensors) {
        int projections = residual ? 4 : 3;
        NDList matrices = new NDList(projections);
        for (int i = 0; i < projections; i++) {
            matrices.add(tensors.next());
        }
        Shape shape = x.getShape();
        return x.matMul(NDArrays.concat(matrices, 1))
                .reshape(shape.get(0), shape.get(1), (long) projections * heads, dimension)
                .transpose(0, 2, 1, 3)
                .split(projections, 1);
    }
}
