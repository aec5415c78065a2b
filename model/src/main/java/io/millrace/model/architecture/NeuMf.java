package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import io.millrace.model.config.ConfigNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Neural matrix factorization: He et al., "Neural Collaborative Filtering", 2017, <a
 * href="https://arxiv.org/abs/1708.05031">arXiv 1708.05031</a>.
 *
 * <p>The first {@code factors} columns of the user's and the item's embedding are p^G and q^G,
 * whose elementwise product is generalized matrix factorization (GMF, eq. 8 and 12); the other
 * columns are p^M and q^M, which with the whole embeddings of all other features and the numbers
 * are fed side by side to a deep network (MLP, eq. 10 and 12). A linear layer over both outputs
 * side by side makes the logit.
 *
 * <p>GMF alone is {@code factors} as large as the embeddings with no hidden layers; MLP alone is
 * {@code factors} 0.
 *
 * @param user the name of the user's feature
 * @param item the name of the item's feature
 * @param factors width of the GMF; null for half of the smaller of the two embeddings
 * @param hidden widths of the MLP's layers; without any, what it is fed goes to the output
 * @param dropout after each layer of the MLP
 */
public record NeuMf(
        String user, String item, @Nullable Integer factors, List<Integer> hidden, double dropout)
        implements Architecture {

    static final String TYPE = "neumf";

    /** Half of the columns to each part, and an MLP of 64 and 32, halving as the paper's tower. */
    static final NeuMf DEFAULT = new NeuMf("user", "item", null, List.of(64, 32), 0);

    public NeuMf {
        if (user.equals(item)) {
            throw new IllegalArgumentException(
                    "user and item are both \"" + user + "\"; they are two features");
        }
        if (factors != null && factors < 0) {
            throw new IllegalArgumentException(
                    "the number of factors is " + factors + "; it is at least 0");
        }
        hidden = OptionChecks.widths("the MLP", hidden);
        dropout = OptionChecks.dropout(dropout);
    }

    static NeuMf read(ConfigNode node) {
        return new NeuMf(
                node.string("user", DEFAULT.user),
                node.string("item", DEFAULT.item),
                node.has("factors") ? node.integer("factors") : null,
                node.integers("hidden", DEFAULT.hidden),
                node.number("dropout", DEFAULT.dropout));
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public List<TensorSpec> tensors(InputShape input) {
        Split split = split(input);
        Mlp mlp = mlp(split);
        if (mlp.in() == 0 && !hidden.isEmpty()) {
            throw new IllegalArgumentException(
                    TYPE
                            + " has nothing for its MLP when "
                            + split.factors
                            + " factors take all columns; choose fewer factors, or hidden: [] for"
                            + " GMF alone");
        }
        List<TensorSpec> tensors = new ArrayList<>(mlp.tensors());
        tensors.addAll(Mlp.linearTensors("output", split.factors + mlp.out(), 1));
        return tensors;
    }

    @Override
    public NDArray logits(Inputs inputs, NDList tensors) {
        Iterator<NDArray> next = tensors.iterator();
        Split split = split(inputs.shape());
        NDList both = new NDList();
        if (split.factors > 0) {
            both.add(split.gmf(inputs));
        }
        if (split.rest() > 0) {
            both.add(mlp(split).apply(split.rest(inputs), next, inputs));
        }
        return Mlp.logit(sideBySide(both), next);
    }

    private Mlp mlp(Split split) {
        return new Mlp("mlp", split.rest(), hidden, dropout);
    }

    private Split split(InputShape input) {
        int userAt = input.indexOf(user, "the option user of " + TYPE);
        int itemAt = input.indexOf(item, "the option item of " + TYPE);
        int most =
                Math.min(
                        input.fields().get(userAt).dimension(),
                        input.fields().get(itemAt).dimension());
        int columns = factors == null ? most / 2 : factors;
        if (columns > most) {
            throw new IllegalArgumentException(
                    TYPE
                            + " is to have "
                            + columns
                            + " factors, but the embeddings of \""
                            + user
                            + "\" and \""
                            + item
                            + "\" have only "
                            + most
                            + " columns in common; choose fewer factors or a larger dimension");
        }
        return new Split(input, columns, input.start(userAt), input.start(itemAt));
    }

    private static NDArray sideBySide(NDList parts) {
        return parts.size() == 1 ? parts.get(0) : NDArrays.concat(parts, 1);
    }

    /**
     * Which columns of x0 are the GMF's; the rest is the MLP's.
     *
     * @param user where the user's embedding starts
     * @param item where the item's embedding starts
     */
    private record Split(InputShape input, int factors, int user, int item) {

        /** Width of what is fed to the MLP. */
        int rest() {
            return input.width() - 2 * factors;
        }

        /** p^G * q^G, [B, factors]. */
        NDArray gmf(Inputs inputs) {
            NDArray p = Inputs.columns(inputs.embeddings(), user, user + factors);
            return p.mul(Inputs.columns(inputs.embeddings(), item, item + factors));
        }

        /** x0 without the GMF's columns, [B, rest]. */
        NDArray rest(Inputs inputs) {
            NDList parts = new NDList();
            addColumns(inputs, 0, Math.min(user, item), parts);
            addColumns(inputs, Math.min(user, item) + factors, Math.max(user, item), parts);
            addColumns(inputs, Math.max(user, item) + factors, input.embeddingWidth(), parts);
            if (input.numeric() > 0) {
                parts.add(inputs.numeric());
            }
            return sideBySide(parts);
        }

        private static void addColumns(Inputs inputs, int from, int to, NDList parts) {
            if (from < to) {
                parts.add(Inputs.columns(inputs.embeddings(), from, to));
            }
        }
    }
}
