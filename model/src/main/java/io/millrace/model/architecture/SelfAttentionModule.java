package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The self-attention module of {@link Dhen}, u = W TransformerEncoderLayer(X) (eq. 4): an encoder
 * layer of Vaswani et al., "Attention Is All You Need", 2017, <a
 * href="https://arxiv.org/abs/1706.03762">arXiv 1706.03762</a>, then a linear map to l vectors.
 *
 * <p>The encoder layer is y = LayerNorm(x + W_o attention(x)), LayerNorm(y + network(y)): scaled
 * {@linkplain SelfAttention products} with heads of D / heads, rounded up, and a network of one
 * hidden layer of 4 D for each vector.
 *
 * @param name prefix of its tensors' names
 * @param in m
 * @param out l
 * @param dimension D
 * @param heads number of heads
 * @param dropout of the attention weights and of the network's hidden layer
 */
record SelfAttentionModule(String name, int in, int out, int dimension, int heads, double dropout)
        implements InteractionModule {

    @Override
    public List<TensorSpec> tensors() {
        List<TensorSpec> tensors = new ArrayList<>(attention().tensors());
        tensors.add(TensorSpec.matrix(name + ".output", attention().out(), dimension));
        tensors.addAll(norm("attention-norm").tensors());
        tensors.addAll(network().tensors());
        tensors.addAll(Mlp.linearTensors(name + ".network.output", network().out(), dimension));
        tensors.addAll(norm("network-norm").tensors());
        tensors.addAll(map().tensors());
        return tensors;
    }

    @Override
    public NDArray apply(NDArray x, Iterator<NDArray> tensors, Inputs inputs) {
        NDArray seen = attention().apply(x, tensors, inputs).vectors().matMul(tensors.next());
        NDArray y = norm("attention-norm").apply(x.add(seen), tensors);
        NDArray changed = Mlp.linear(network().apply(y, tensors, inputs), tensors);
        return map().apply(norm("network-norm").apply(y.add(changed), tensors), tensors);
    }

    private SelfAttention attention() {
        int perHead = (dimension + heads - 1) / heads;
        return new SelfAttention(name, dimension, heads, perHead, false, true, dropout);
    }

    private LayerNorm norm(String of) {
        return new LayerNorm(name + "." + of, dimension);
    }

    private Mlp network() {
        return new Mlp(name + ".network", dimension, List.of(4 * dimension), dropout);
    }

    private LinearModule map() {
        return new LinearModule(name, in, out);
    }
}
