package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
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
        return Mlp.linearTensors(name, pairs().size(), out * dimension);
    }

    @Override
    public NDArray apply(NDArray x, Iterator<NDArray> tensors, Inputs inputs) {
        return Mlp.linear(pairs().apply(x), tensors).reshape(-1, out, dimension);
    }

    private PairProducts pairs() {
        return new PairProducts(in, true);
    }
}
