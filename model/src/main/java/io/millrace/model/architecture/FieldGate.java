package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import java.util.Iterator;
import java.util.List;

/**
 * The field gate of {@link FinalNet}: for vectors V [B, n, D], gate(V) is a linear map over the n
 * features, the same for each of the D places: gate_i = sum_j W_ji V_j + b_i. It starts as b = 1
 * and W = 0, so that all passes.
 *
 * @param count n
 */
record FieldGate(int count) {

    List<TensorSpec> tensors() {
        return List.of(
                new TensorSpec("gate.weight", List.of(count, count), TensorSpec.Initializer.ZEROS),
                TensorSpec.ones("gate.bias", count));
    }

    /** V, and V * gate(V) behind it: [B, 2 n D]. Takes its tensors from the iterator. */
    NDArray apply(NDArray vectors, Iterator<NDArray> tensors) {
        NDArray gates = Mlp.linear(vectors.transpose(0, 2, 1), tensors).transpose(0, 2, 1);
        return vectors.concat(vectors.mul(gates), 1).reshape(vectors.getShape().get(0), -1);
    }
}
