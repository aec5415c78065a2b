package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The convolution module of {@link Dhen}, u = W Conv2d(X) (eq. 5): one learned kernel of 3 x 3 over
 * the plane of m vectors and D dimensions, with zeros around it, then a linear map to l vectors.
 * Neighbours are features that are declared one after the other. A bias would add the same to all
 * of a vector, which the layer's normalization takes away again.
 *
 * @param name prefix of its tensors' names
 * @param in m
 * @param out l
 */
record ConvolutionModule(String name, int in, int out) implements InteractionModule {

    private static final int KERNEL = 3;

    @Override
    public List<TensorSpec> tensors() {
        List<TensorSpec> tensors = new ArrayList<>();
        tensors.add(TensorSpec.matrix(name + ".kernel", KERNEL, KERNEL));
        tensors.addAll(map().tensors());
        return tensors;
    }

    @Override
    public NDArray apply(NDArray x, Iterator<NDArray> tensors, Inputs inputs) {
        NDArray kernel = tensors.next().reshape(1, 1, KERNEL, KERNEL);
        NDArray convolved =
                Conv2d.conv2d(
                                x.expandDims(1),
                                kernel,
                                null,
                                new Shape(1, 1),
                                new Shape(KERNEL / 2, KERNEL / 2))
                        .singletonOrThrow();
        return map().apply(convolved.squeeze(1), tensors);
    }

    private LinearModule map() {
        return new LinearModule(name, in, out);
    }
}
