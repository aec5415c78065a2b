package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.millrace.model.config.ConfigNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Wide and deep: Cheng et al., "Wide &amp; Deep Learning for Recommender Systems", 2016, <a
 * href="https://arxiv.org/abs/1606.07792">arXiv 1606.07792</a>.
 *
 * <p>The logit is w_wide^T [x, phi(x)] + w_deep^T a + b (eq. 3). The wide part is linear in the
 * values of its features, of which crosses are the paper's phi(x), and in the numbers. The deep
 * part's last activations a come from the embeddings of its features and the numbers side by side.
 * A feature may be in both; only a deep one has an embedding, only a wide one a linear weight.
 *
 * @param wide names of the sparse features with a linear weight; null for all
 * @param deep names of the sparse features with an embedding; null for all that are no crosses
 * @param hidden widths of the deep network's layers; may be empty
 * @param dropout after each layer of the deep network
 */
public record WideAndDeep(
        @Nullable List<String> wide,
        @Nullable List<String> deep,
        List<Integer> hidden,
        double dropout)
        implements Architecture {

    static final String TYPE = "wide-deep";

    /** Crosses are wide, all else is both; two layers, narrower than the paper's three. */
    static final WideAndDeep DEFAULT = new WideAndDeep(null, null, List.of(64, 32), 0);

    public WideAndDeep {
        wide = wide == null ? null : List.copyOf(wide);
        deep = deep == null ? null : List.copyOf(deep);
        hidden = OptionChecks.widths("the deep network", hidden);
        dropout = OptionChecks.dropout(dropout);
    }

    static WideAndDeep read(ConfigNode node) {
        return new WideAndDeep(
                names(node, "wide"),
                names(node, "deep"),
                node.integers("hidden", DEFAULT.hidden),
                node.number("dropout", DEFAULT.dropout));
    }

    private static @Nullable List<String> names(ConfigNode node, String key) {
        return node.has(key) ? node.strings(key, List.of()) : null;
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public InputShape.Field field(InputShape.Field declared) {
        boolean isWide = wide == null || wide.contains(declared.name());
        boolean isDeep = deep == null ? !declared.crossed() : deep.contains(declared.name());
        InputShape.Field field = isDeep ? declared : declared.withoutEmbedding();
        return isWide ? field.withWeight() : field;
    }

    @Override
    public List<TensorSpec> tensors(InputShape input) {
        requireAll(wide, "wide", input);
        requireAll(deep, "deep", input);
        if (input.width() == 0) {
            throw new IllegalArgumentException(
                    TYPE
                            + " has nothing for its deep network: name a feature under deep, or"
                            + " choose "
                            + LogisticRegression.TYPE);
        }
        List<TensorSpec> tensors = new ArrayList<>(new LinearTerm(input).tensors());
        Mlp network = network(input);
        tensors.addAll(network.tensors());
        tensors.add(TensorSpec.matrix("output.weight", network.out(), 1));
        return tensors;
    }

    @Override
    public NDArray logits(Inputs inputs, NDList tensors) {
        Iterator<NDArray> next = tensors.iterator();
        NDArray linear = new LinearTerm(inputs.shape()).apply(inputs, next);
        NDArray activations = network(inputs.shape()).apply(inputs.sideBySide(), next, inputs);
        return linear.add(activations.matMul(next.next()).reshape(-1));
    }

    private Mlp network(InputShape input) {
        return new Mlp("deep", input.width(), hidden, dropout);
    }

    private static void requireAll(@Nullable List<String> names, String option, InputShape input) {
        if (names != null) {
            names.forEach(name -> input.indexOf(name, "the option " + option + " of " + TYPE));
        }
    }
}
