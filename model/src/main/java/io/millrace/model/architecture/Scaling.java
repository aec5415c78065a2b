package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;

/** A number times a tensor that is differentiated. */
final class Scaling {

    private Scaling() {}

    /**
     * x times the factor, in x's precision. The factor becomes a tensor of x's manager: DJL's own
     * product with a number frees that number's tensor at once, while autograd keeps a view of its
     * memory for the backward pass: after a garbage collection the gradient is wrong.
     */
    static NDArray times(NDArray x, double factor) {
        return x.mul(x.getManager().create(factor));
    }
}
