package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.Iterator;
import java.util.List;

/**
 * The dot product module of {@link Dhen}, u = W_m DLRM(X) (eq. 3): the products of all pairs of the
 * m vectors, each with itself too, mapped to l vectors of dimension D by a linear layer. (The
 * paper's AdvancedDLRM is not published; its network is left to the layers above.)
 *
 * @param name prefix of its tensors' names
 * @param in m
 * @param out l
 * @param dimension D
 */
record DotModule(String name, int in, int out, int dimension) implements InteractionModule {

    @Override
    public List<TensorSpec> tensors() {
        return Mlp.linearTensors(name, pairCount(), out * dimension);
    }

    @Override
    public NDArray apply(NDArray x, Iterator<NDArray> tensors, Inputs inputs) {
        NDArray products = x.matMul(x.transpose(0, 2, 1)).reshape(-1, (long) in * in);
        NDArray index =
                x.getManager()
                        .create(pairs(), new Shape(1, pairCount()))
                        .broadcast(x.getShape().get(0), pairCount());
        return Mlp.linear(products.gather(index, 1), tensors).reshape(-1, out, dimension);
    }

    /** Where the pairs (i, j), j up to i, lie in a flattened m x m matrix. */
    private long[] pairs() {
        long[] pairs = new long[pairCount()];
        int at = 0;
        for (int i = 0; i < in; i++) {
            for (int j = 0; j <= i; j++) {
                pairs[at++] = (long) i * in + j;
            }
        }
        return pairs;
    }

    private int pairCount() {
        return in * (in + 1) / 2;
    }
}
