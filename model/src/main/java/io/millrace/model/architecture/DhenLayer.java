package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import io.millrace.model.architecture.Dhen.Ensemble;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * A layer of {@link Dhen}: Norm(Ensemble(Interaction_i(X)) + ShortCut(X)) (eq. 1), from m vectors
 * [B, m, D] to {@link #out} of them. ShortCut(X) is X, or W X where the count of vectors changes
 * (eq. 2); Norm is layer normalization of each vector.
 *
 * @param name prefix of its tensors' names
 * @param in m
 * @param dimension D
 * @param dhen the options
 */
record DhenLayer(String name, int in, int dimension, Dhen dhen) {

    /** How many vectors it makes. */
    int out() {
        return dhen.ensemble() == Ensemble.SUM
                ? dhen.vectors()
                : Math.multiplyExact(dhen.vectors(), dhen.modules().size());
    }

    List<TensorSpec> tensors() {
        List<TensorSpec> tensors = new ArrayList<>();
        for (InteractionModule module : modules()) {
            tensors.addAll(module.tensors());
        }
        if (in != out()) {
            tensors.addAll(shortcut().tensors());
        }
        tensors.addAll(norm().tensors());
        return tensors;
    }

    /** Takes its tensors from the iterator, in the order of {@link #tensors}. */
    NDArray apply(NDArray x, Iterator<NDArray> tensors, Inputs inputs) {
        NDList outcomes = new NDList();
        for (InteractionModule module : modules()) {
            outcomes.add(module.apply(x, tensors, inputs));
        }
        NDArray ensemble =
                dhen.ensemble() == Ensemble.SUM ? sum(outcomes) : NDArrays.concat(outcomes, 1);
        NDArray shortcut = in == out() ? x : shortcut().apply(x, tensors);
        return norm().apply(ensemble.add(shortcut), tensors);
    }

    private static NDArray sum(NDList arrays) {
        NDArray sum = arrays.head();
        for (NDArray other : arrays.subList(1, arrays.size())) {
            sum = sum.add(other);
        }
        return sum;
    }

    private List<InteractionModule> modules() {
        return dhen.modules().stream().map(this::module).toList();
    }

    private InteractionModule module(Dhen.Interaction kind) {
        int out = dhen.vectors();
        return switch (kind) {
            case DOT -> new DotModule(name + ".dot", in, out, dimension);
            case SELF_ATTENTION ->
                    new SelfAttentionModule(
                            name + ".self-attention",
                            in,
                            out,
                            dimension,
                            dhen.heads(),
                            dhen.dropout());
            case CONVOLUTION -> new ConvolutionModule(name + ".convolution", in, out);
            case LINEAR -> new LinearModule(name + ".linear", in, out);
            case CROSS -> new CrossModule(name + ".cross", in, out, dimension);
        };
    }

    private LinearModule shortcut() {
        return new LinearModule(name + ".shortcut", in, out());
    }

    private LayerNorm norm() {
        return new LayerNorm(name + ".norm", dimension);
    }
}
