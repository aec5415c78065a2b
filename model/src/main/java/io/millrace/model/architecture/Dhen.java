package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.millrace.model.config.ConfigNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/**
 * Deep and hierarchical ensemble network: Zhang et al., "DHEN: A Deep and Hierarchical Ensemble
 * Network for Large-Scale Click-Through Rate Prediction", 2022, <a
 * href="https://arxiv.org/abs/2203.11014">arXiv 2203.11014</a>.
 *
 * <p>All features are vectors of one dimension, X_0 [B, F + N, D]. A {@linkplain DhenLayer layer}
 * lets its vectors interact in several ways at once, and puts the outcomes together: X_{n+1} =
 * Norm(Ensemble(Interaction_i(X_n)) + ShortCut(X_n)) (eq. 1 and 2). So the next layer sees the
 * interactions of interactions of different kinds. All vectors of the last layer side by side are
 * fed to a deep network, and a linear layer makes the logit.
 *
 * <p>Where the paper leaves it open, or is followed in its intent only: numbers become vectors as
 * in {@link AutoInt}, not by a network of their own; dot products are mapped to vectors by one
 * linear layer ({@link DotModule}); crosses have a full matrix ({@link CrossModule}); the
 * convolution has one kernel of 3 x 3 ({@link ConvolutionModule}); all modules of a layer make the
 * same count of vectors, and all layers have the same modules; the weighted sum is left out, since
 * each module ends with a learned map that can weigh it.
 *
 * @param layers number of layers
 * @param modules the ways to interact, each at most once
 * @param vectors how many vectors a module makes, l
 * @param ensemble how the outcomes of a layer's modules are put together
 * @param heads number of heads of self-attention
 * @param hidden widths of the deep network's layers; may be empty
 * @param dropout of attention weights, and after each hidden layer
 */
public record Dhen(
        int layers,
        List<Interaction> modules,
        int vectors,
        Ensemble ensemble,
        int heads,
        List<Integer> hidden,
        double dropout)
        implements Architecture {

    static final String TYPE = "dhen";

    /** Two layers of dot products and linear maps, which the paper compares with its baseline. */
    static final Dhen DEFAULT =
            new Dhen(
                    2,
                    List.of(Interaction.DOT, Interaction.LINEAR),
                    8,
                    Ensemble.SUM,
                    2,
                    List.of(64, 32),
                    0);

    /** A way in which vectors interact. */
    public enum Interaction {
        /** Dot products of all pairs of vectors. */
        DOT,
        /** A transformer's encoder layer. */
        SELF_ATTENTION,
        /** A convolution over neighbouring vectors and dimensions. */
        CONVOLUTION,
        /** Weighted sums of the vectors. */
        LINEAR,
        /** Products of all pairs of numbers. */
        CROSS
    }

    /** How the outcomes of a layer's modules are put together. */
    public enum Ensemble {
        /** Vector by vector: the layer has l vectors. */
        SUM,
        /** One after the other: the layer has l vectors for each module. */
        CONCAT
    }

    public Dhen {
        layers = OptionChecks.layers("the number of layers", layers, 1);
        modules = List.copyOf(modules);
        vectors = OptionChecks.positive("the number of vectors of a module", vectors);
        heads = OptionChecks.positive("the number of heads", heads);
        hidden = OptionChecks.widths("the deep network", hidden);
        dropout = OptionChecks.dropout(dropout);
        if (modules.isEmpty()) {
            throw new IllegalArgumentException(
                    "there are no modules; choose one or more of " + names());
        }
        if (new HashSet<>(modules).size() < modules.size()) {
            throw new IllegalArgumentException(
                    "a module is named twice in "
                            + modules.stream().map(Dhen::name).toList()
                            + "; each can be there once");
        }
    }

    static Dhen read(ConfigNode node) {
        return new Dhen(
                node.integer("layers", DEFAULT.layers),
                interactions(node),
                node.integer("vectors", DEFAULT.vectors),
                node.choice("ensemble", Ensemble.class, DEFAULT.ensemble),
                node.integer("heads", DEFAULT.heads),
                node.integers("hidden", DEFAULT.hidden),
                node.number("dropout", DEFAULT.dropout));
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public List<TensorSpec> tensors(InputShape input) {
        FeatureVectors features = FeatureVectors.of(input, TYPE);
        if (features.dimension() == 1) {
            throw new IllegalArgumentException(
                    TYPE
                            + " normalizes its vectors, which makes all of dimension 1 the same;"
                            + " give every sparse feature a larger dimension");
        }
        List<TensorSpec> tensors = new ArrayList<>(features.tensors());
        List<DhenLayer> stack = stack(features);
        for (DhenLayer layer : stack) {
            tensors.addAll(layer.tensors());
        }
        Mlp deep = deep(stack, features);
        tensors.addAll(deep.tensors());
        tensors.addAll(Mlp.linearTensors("output", deep.out(), 1));
        return tensors;
    }

    @Override
    public NDArray logits(Inputs inputs, NDList tensors) {
        FeatureVectors features = FeatureVectors.of(inputs.shape(), TYPE);
        Iterator<NDArray> next = tensors.iterator();
        NDArray x = features.apply(inputs, next);
        List<DhenLayer> stack = stack(features);
        for (DhenLayer layer : stack) {
            x = layer.apply(x, next, inputs);
        }
        NDArray flat = x.reshape(x.getShape().get(0), -1);
        return Mlp.logit(deep(stack, features).apply(flat, next, inputs), next);
    }

    private List<DhenLayer> stack(FeatureVectors features) {
        List<DhenLayer> stack = new ArrayList<>(layers);
        int count = features.count();
        for (int n = 0; n < layers; n++) {
            DhenLayer layer = new DhenLayer("layer." + n, count, features.dimension(), this);
            stack.add(layer);
            count = layer.out();
        }
        return stack;
    }

    private Mlp deep(List<DhenLayer> stack, FeatureVectors features) {
        int count = stack.get(layers - 1).out();
        return new Mlp("deep", count * features.dimension(), hidden, dropout);
    }

    private static List<Interaction> interactions(ConfigNode node) {
        if (!node.has("modules")) {
            return DEFAULT.modules;
        }
        List<Interaction> interactions = new ArrayList<>();
        for (ConfigNode module : node.list("modules")) {
            interactions.add(
                    Arrays.stream(Interaction.values())
                            .filter(interaction -> name(interaction).equals(module.text()))
                            .findFirst()
                            .orElseThrow(() -> unknown(module)));
        }
        return interactions;
    }

    private static RuntimeException unknown(ConfigNode module) {
        return module.error("there is no module \"" + module.text() + "\"; there are " + names());
    }

    private static List<String> names() {
        return Arrays.stream(Interaction.values()).map(Dhen::name).toList();
    }

    private static String name(Interaction interaction) {
        return interaction.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
