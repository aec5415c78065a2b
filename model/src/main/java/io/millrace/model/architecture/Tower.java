package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * One tower: from the embeddings and numbers of some of the features to a vector, [B, w] to [B,
 * {@code dimension}], by layers with ReLU and a linear one at the end.
 *
 * @param name prefix of its tensors' names
 * @param fields positions of its sparse features
 * @param numbers positions of its dense features
 * @param hidden widths of the layers with ReLU; may be empty
 * @param dimension of its vector
 */
record Tower(
        String name,
        InputShape input,
        List<Integer> fields,
        List<Integer> numbers,
        List<Integer> hidden,
        int dimension) {

    List<TensorSpec> tensors() {
        Mlp mlp = mlp();
        List<TensorSpec> tensors = new ArrayList<>(mlp.tensors());
        tensors.addAll(Mlp.linearTensors(name + ".vector", mlp.out(), dimension));
        return tensors;
    }

    /** Takes its tensors from the iterator, in the order of {@link #tensors}. */
    NDArray apply(Inputs inputs, Iterator<NDArray> tensors) {
        return Mlp.linear(mlp().apply(own(inputs), tensors, inputs), tensors);
    }

    private Mlp mlp() {
        return new Mlp(name, width(), hidden, 0);
    }

    private int width() {
        int width = 0;
        for (int field : fields) {
            width += input.fields().get(field).dimension();
        }
        for (int number : numbers) {
            width += input.numbers().get(number).width();
        }
        return width;
    }

    /** Its features side by side, [B, w]. */
    private NDArray own(Inputs inputs) {
        NDList parts = new NDList();
        for (int field : fields) {
            parts.add(inputs.embedding(field));
        }
        for (int number : numbers) {
            parts.add(inputs.number(number));
        }
        return parts.size() == 1 ? parts.singletonOrThrow() : NDArrays.concat(parts, 1);
    }
}
