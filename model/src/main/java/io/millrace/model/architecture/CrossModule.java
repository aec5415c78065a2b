package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The cross module of {@link Dhen}, after u = W (X X^T) + b (eq. 7): with x [B, m D] the m vectors
 * side by side, a cross of every number with every other, x * (W x + b), elementwise, then a linear
 * map to l vectors. This is a layer of {@link DcnV2} without its residual, since the shortcut
 * stands for it; with all columns of W equal, x times one number, it is that of the first DCN.
 *
 * @param name prefix of its tensors' names
 * @param in m
 * @param out l
 * @param dimension D
 */
record CrossModule(String name, int in, int out, int dimension) implements InteractionModule {

    @Override
    public List<TensorSpec> tensors() {
        int width = in * dimension;
        List<TensorSpec> tensors = new ArrayList<>(Mlp.linearTensors(name, width, width));
        tensors.addAll(map().tensors());
        return tensors;
    }

    @Override
    public NDArray apply(NDArray x, Iterator<NDArray> tensors, Inputs inputs) {
        Shape shape = x.getShape();
        NDArray flat = x.reshape(shape.get(0), -1);
        NDArray crossed = flat.mul(Mlp.linear(flat, tensors)).reshape(shape);
        return map().apply(crossed, tensors);
    }

    private LinearModule map() {
        return new LinearModule(name, in, out);
    }
}
