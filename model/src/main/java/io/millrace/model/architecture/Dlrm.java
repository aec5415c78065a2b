package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
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
 */
public record Dlrm(
        List<Integer> bottom, List<Integer> top, boolean selfInteraction, boolean bottomToTop)
        implements Architecture {

    static final String TYPE = "dlrm";

    /** A bottom network of 64 and a top network of 64 and 32, as in the paper otherwise. */
    static final Dlrm DEFAULT = new Dlrm(List.of(64), List.of(64, 32), false, true);

    public Dlrm {
        bottom = Mlp.validWidths("the bottom network", bottom);
        top = Mlp.validWidths("the top network", top);
    }

    static Dlrm read(ConfigNode node) {
        return new Dlrm(
                node.integers("bottom", DEFAULT.bottom),
                node.integers("top", DEFAULT.top),
                node.bool("self-interaction", DEFAULT.selfInteraction),
                node.bool("bottom-to-top", DEFAULT.bottomToTop));
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
    public NDArray logits(NDArray embeddings, NDArray numeric, NDList tensors, InputShape input) {
        Iterator<NDArray> next = tensors.iterator();
        if (input.numeric() == 0) {
            return logit(interactions(embeddings, input), next, input);
        }
        NDArray dense = bottomNetwork(input).apply(numeric, next);
        NDArray pairs = interactions(dense.concat(embeddings, 1), input);
        return logit(bottomToTop ? dense.concat(pairs, 1) : pairs, next, input);
    }

    private NDArray logit(NDArray x, Iterator<NDArray> tensors, InputShape input) {
        return Mlp.logit(topNetwork(input).apply(x, tensors), tensors);
    }

    /** Dot products of all pairs of the n vectors in [B, n D], as [B, pairs]. */
    private NDArray interactions(NDArray vectors, InputShape input) {
        int count = vectors(input);
        NDArray stacked = vectors.reshape(-1, count, dimension(input));
        NDArray products = stacked.matMul(stacked.transpose(0, 2, 1));
        long[] pairs = pairs(count);
        NDArray index =
                vectors.getManager()
                        .create(pairs, new Shape(1, pairs.length))
                        .broadcast(vectors.getShape().get(0), pairs.length);
        return products.reshape(-1, (long) count * count).gather(index, 1);
    }

    /** Where the pairs (i, j), j below i (or equal to it), lie in a flattened n x n matrix. */
    private long[] pairs(int count) {
        long[] pairs = new long[pairCount(count)];
        int at = 0;
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < (selfInteraction ? i + 1 : i); j++) {
                pairs[at++] = (long) i * count + j;
            }
        }
        return pairs;
    }

    private int pairCount(int count) {
        return count * (selfInteraction ? count + 1 : count - 1) / 2;
    }

    private Mlp bottomNetwork(InputShape input) {
        List<Integer> widths = new ArrayList<>();
        if (input.numeric() > 0) {
            widths.addAll(bottom);
            widths.add(dimension(input));
        }
        return new Mlp("bottom", input.numeric(), widths);
    }

    private Mlp topNetwork(InputShape input) {
        int fromBottom = bottomToTop && input.numeric() > 0 ? dimension(input) : 0;
        return new Mlp("top", fromBottom + pairCount(vectors(input)), top);
    }

    private static int vectors(InputShape input) {
        return input.fields() + (input.numeric() > 0 ? 1 : 0);
    }

    private static int dimension(InputShape input) {
        return input.dimensions().get(0);
    }

    private static void requireFit(InputShape input) {
        if (vectors(input) < 2 || input.fields() == 0) {
            throw new IllegalArgumentException(
                    TYPE
                            + " needs two vectors to multiply: declare two sparse features, or one"
                            + " and a numeric one");
        }
        if (input.dimensions().stream().distinct().count() > 1) {
            throw new IllegalArgumentException(
                    TYPE
                            + " needs embeddings of one dimension, but they have "
                            + input.dimensions()
                            + "; give every sparse feature the same");
        }
    }
}
