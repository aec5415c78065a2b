package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.millrace.model.config.ConfigNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Deep learning recommendation model: Naumov et al., "Deep Learning Recommendation Model for
 * Personalization and Recommendation Systems", 2019, <a
 * href="https://arxiv.org/abs/1906.00091">arXiv 1906.00091</a>.
 *
 * <p>The bottom network turns the N numbers into one vector of dimension D, as if they were another
 * embedding (without numbers there is none). The dot products of all pairs of vectors, beside the
 * bottom network's output, are fed to the top network; a linear layer makes the logit. All
 * embeddings have the same dimension D.
 *
 * @param bottom widths of the bottom network's hidden layers; a layer of width D follows them
 * @param top widths of the top network's hidden layers; may be empty
 * @param selfInteraction whether each vector's product with itself counts as a pair
 * @param bottomToTop whether the bottom network's output itself is fed to the top network too, as
 *     in the paper
 * @param dropout after each layer of both networks
 */
public record Dlrm(
        List<Integer> bottom,
        List<Integer> top,
        boolean selfInteraction,
        boolean bottomToTop,
        double dropout)
        implements Architecture {

    static final String TYPE = "dlrm";

    /** A bottom network of 64 and a top network of 64 and 32, as in the paper otherwise. */
    static final Dlrm DEFAULT = new Dlrm(List.of(64), List.of(64, 32), false, true, 0);

    public Dlrm {
        bottom = OptionChecks.widths("the bottom network", bottom);
        top = OptionChecks.widths("the top network", top);
        dropout = OptionChecks.dropout(dropout);
    }

    /** Without dropout. */
    public Dlrm(
            List<Integer> bottom, List<Integer> top, boolean selfInteraction, boolean bottomToTop) {
        this(bottom, top, selfInteraction, bottomToTop, 0);
    }

    static Dlrm read(ConfigNode node) {
        return new Dlrm(
                node.integers("bottom", DEFAULT.bottom),
                node.integers("top", DEFAULT.top),
                node.bool("self-interaction", DEFAULT.selfInteraction),
                node.bool("bottom-to-top", DEFAULT.bottomToTop),
                node.number("dropout", DEFAULT.dropout));
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public List<TensorSpec> tensors(InputShape input) {
        requireFit(input);
        List<TensorSpec> tensors = new ArrayList<>(bottomNetwork(input).tensors());
        Mlp topNetwork = topNetwork(input);
        tensors.addAll(topNetwork.tensors());
        tensors.addAll(Mlp.linearTensors("output", topNetwork.out(), 1));
        return tensors;
    }

    @Override
    public NDArray logits(Inputs inputs, NDList tensors) {
        Iterator<NDArray> next = tensors.iterator();
        InputShape input = inputs.shape();
        if (input.numeric() == 0) {
            return logit(interactions(inputs.embeddings(), input), next, inputs);
        }
        NDArray dense = numbers(inputs, next);
        NDArray pairs = interactions(dense.concat(inputs.embeddings(), 1), input);
        return logit(bottomToTop ? dense.concat(pairs, 1) : pairs, next, inputs);
    }

    /** The vector that the bottom network makes of the numbers, [B, D]; there must be some. */
    public NDArray numbers(Inputs inputs, NDList tensors) {
        return numbers(inputs, tensors.iterator());
    }

    private NDArray numbers(Inputs inputs, Iterator<NDArray> tensors) {
        return bottomNetwork(inputs.shape()).apply(inputs.numeric(), tensors, inputs);
    }

    private NDArray logit(NDArray x, Iterator<NDArray> tensors, Inputs inputs) {
        return Mlp.logit(topNetwork(inputs.shape()).apply(x, tensors, inputs), tensors);
    }

    /** Dot products of all pairs of the n vectors in [B, n D], as [B, pairs]. */
    private NDArray interactions(NDArray vectors, InputShape input) {
        return pairs(input).apply(vectors.reshape(-1, vectors(input), dimension(input)));
    }

    private PairProducts pairs(InputShape input) {
        return new PairProducts(vectors(input), selfInteraction);
    }

    private Mlp bottomNetwork(InputShape input) {
        List<Integer> widths = new ArrayList<>();
        if (input.numeric() > 0) {
            widths.addAll(bottom);
            widths.add(dimension(input));
        }
        return new Mlp("bottom", input.numeric(), widths, dropout);
    }

    private Mlp topNetwork(InputShape input) {
        int fromBottom = bottomToTop && input.numeric() > 0 ? dimension(input) : 0;
        return new Mlp("top", fromBottom + pairs(input).size(), top, dropout);
    }

    private static int vectors(InputShape input) {
        return input.fields().size() + (input.numeric() > 0 ? 1 : 0);
    }

    private static int dimension(InputShape input) {
        return input.commonDimension(TYPE);
    }

    private static void requireFit(InputShape input) {
        if (vectors(input) < 2 || input.fields().isEmpty()) {
            throw new IllegalArgumentException(
                    TYPE
                            + " needs two vectors to multiply: declare two sparse features, or one"
                            + " and a numeric one");
        }
    }
}
