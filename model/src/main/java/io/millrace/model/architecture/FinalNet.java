package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.millrace.model.config.ConfigNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/**
 * Factorized interaction layers: Zhu et al., "FINAL: Factorized Interaction Layer for CTR
 * Prediction", SIGIR 2023, <a
 * href="https://doi.org/10.1145/3539618.3591988">doi:10.1145/3539618.3591988</a>.
 *
 * <p>A {@link FinalBlock} is a network whose layers multiply two linear maps of their input, so
 * that each doubles the degree of interactions. The first block is fed all features as vectors V
 * [B, F + N, D] and, side by side with them, V * gate(V), where the {@linkplain FieldGate field
 * gate} weighs each number by what the other features have in its place. The second block, if there
 * is one, is fed V alone. A linear layer makes a logit of each block; the logit is their mean.
 *
 * <p>Without the field gate the embeddings may be of any dimensions, and numbers are fed as they
 * are.
 *
 * <p>Not taken over: batch norm, which has no place in a stream and whose place layer norm takes;
 * and the self-distillation of the paper's loss, by which each block also learns the mean of both.
 *
 * @param firstBlock widths of the first block's layers
 * @param secondBlock widths of the second block's layers; empty for the paper's model of one block
 * @param combine how a layer joins the linear map and the product
 * @param activation of the second factor of the product
 * @param fieldGate whether the first block is fed gated features too
 * @param layerNorm whether the output of each layer is normalized
 * @param dropout after each layer of both blocks
 */
public record FinalNet(
        List<Integer> firstBlock,
        List<Integer> secondBlock,
        Combine combine,
        Activation activation,
        boolean fieldGate,
        boolean layerNorm,
        double dropout)
        implements Architecture {

    static final String TYPE = "finalnet";

    /** Two blocks of three layers, the first behind a field gate. */
    static final FinalNet DEFAULT =
            new FinalNet(
                    List.of(64, 64, 64),
                    List.of(64, 64, 64),
                    Combine.CONCAT,
                    Activation.NONE,
                    true,
                    true,
                    0);

    /** How a layer joins the linear map h1 and the product h1 * h2. */
    public enum Combine {
        /** Side by side, each half of the width: as many weights as a linear layer has. */
        CONCAT,
        /** Their sum, as in the paper: twice as many. */
        SUM
    }

    /** What the second factor of a product goes through. */
    public enum Activation {
        NONE,
        RELU
    }

    public FinalNet {
        if (firstBlock.isEmpty()) {
            throw new IllegalArgumentException("the first block has no layer; it needs at least 1");
        }
        firstBlock = widths("the first block", firstBlock, combine);
        secondBlock = widths("the second block", secondBlock, combine);
        dropout = OptionChecks.dropout(dropout);
    }

    static FinalNet read(ConfigNode node) {
        return new FinalNet(
                node.integers("first-block", DEFAULT.firstBlock),
                node.integers("second-block", DEFAULT.secondBlock),
                node.choice("combine", Combine.class, DEFAULT.combine),
                node.choice("activation", Activation.class, DEFAULT.activation),
                node.bool("field-gate", DEFAULT.fieldGate),
                node.bool("layer-norm", DEFAULT.layerNorm),
                node.number("dropout", DEFAULT.dropout));
    }

    private static List<Integer> widths(String what, List<Integer> widths, Combine combine) {
        for (int width : widths) {
            if (combine == Combine.CONCAT && width % 2 != 0) {
                throw new IllegalArgumentException(
                        what
                                + " has a layer of width "
                                + width
                                + "; with combine: "
                                + combine.name().toLowerCase(Locale.ROOT)
                                + " a width is even, as each half of it has its own meaning");
            }
        }
        return OptionChecks.widths(what, widths);
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public boolean takesSideBySide() {
        return !fieldGate;
    }

    @Override
    public List<TensorSpec> tensors(InputShape input) {
        List<TensorSpec> tensors = new ArrayList<>();
        int width = input.width();
        int gated = width;
        if (fieldGate) {
            FeatureVectors vectors = FeatureVectors.of(input, TYPE + " with a field gate");
            tensors.addAll(vectors.tensors());
            tensors.addAll(new FieldGate(vectors.count()).tensors());
            width = vectors.count() * vectors.dimension();
            gated = 2 * width;
        } else if (width == 0) {
            throw new IllegalArgumentException(TYPE + " has no input: declare a feature");
        }
        tensors.addAll(block("first", firstBlock).tensors(gated));
        if (!secondBlock.isEmpty()) {
            tensors.addAll(block("second", secondBlock).tensors(width));
        }
        return tensors;
    }

    @Override
    public NDArray logits(Inputs inputs, NDList tensors) {
        Iterator<NDArray> next = tensors.iterator();
        NDArray x;
        NDArray gated;
        if (fieldGate) {
            FeatureVectors features = FeatureVectors.of(inputs.shape(), TYPE);
            NDArray vectors = features.apply(inputs, next);
            gated = new FieldGate(features.count()).apply(vectors, next);
            x = vectors.reshape(inputs.size(), -1);
        } else {
            x = inputs.sideBySide();
            gated = x;
        }
        NDArray first = block("first", firstBlock).logit(gated, next, inputs);
        if (secondBlock.isEmpty()) {
            return first;
        }
        NDArray second = block("second", secondBlock).logit(x, next, inputs);
        return Scaling.times(first.add(second), 0.5);
    }

    private FinalBlock block(String name, List<Integer> widths) {
        return new FinalBlock(name, widths, combine, activation, layerNorm, dropout);
    }
}
