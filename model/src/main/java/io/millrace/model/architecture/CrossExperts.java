package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import java.util.Iterator;
import java.util.List;

/**
 * The mixture of low-rank experts in a cross layer of {@link DcnV2}: x_{l+1} = sum_i G_i(x_l)
 * E_i(x_l) + x_l, where expert i of K is E_i(x) = x0 * (U_i g(C_i g(V_i^T x)) + b), g is tanh, and
 * the gate G is the softmax or the sigmoid of x W [B, K].
 *
 * <p>Each expert has its own U_i [d, r], C_i [r, r] and V_i [d, r]; the bias b [d] is common to the
 * experts of a layer, the gate belongs to the layer.
 *
 * @param count K
 * @param rank r
 * @param gate how the experts are weighed
 */
record CrossExperts(int count, int rank, DcnV2.Gate gate) {

    List<TensorSpec> tensors(String name, int width) {
        return List.of(
                matrices(name + ".v", width, rank),
                matrices(name + ".c", rank, rank),
                matrices(name + ".u", rank, width),
                TensorSpec.bias(name + ".bias", width),
                TensorSpec.matrix(name + ".gate", width, count));
    }

    /**
     * What x0 is multiplied with: sum_i G_i(x) (U_i g(C_i g(V_i^T x)) + b), [B, d]. Takes its
     * tensors from the iterator, in the order of {@link #tensors}.
     */
    NDArray apply(NDArray x, Iterator<NDArray> tensors) {
        NDArray inner = x.matMul(tensors.next()).tanh().matMul(tensors.next()).tanh(); // [K, B, r]
        NDArray u = tensors.next();
        NDArray bias = tensors.next();
        NDArray gates = gates(x.matMul(tensors.next())); // [B, K]

        // The gate is a number an expert: weighing before U makes the sum over experts one product.
        NDArray weighed = inner.transpose(1, 0, 2).mul(gates.expandDims(2));
        NDArray sum =
                weighed.reshape(-1, (long) count * rank)
                        .matMul(u.reshape((long) count * rank, u.getShape().get(2)));
        return sum.add(gates.sum(new int[] {1}, true).mul(bias));
    }

    private NDArray gates(NDArray x) {
        return switch (gate) {
            case SOFTMAX -> x.softmax(1);
            case SIGMOID -> Activation.sigmoid(x);
        };
    }

    private TensorSpec matrices(String name, int in, int out) {
        return new TensorSpec(name, List.of(count, in, out), TensorSpec.Initializer.GLOROT_UNIFORM);
    }
}
