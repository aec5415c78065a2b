package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.millrace.model.config.ConfigNode;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.loss.Objective;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Two towers for retrieval: Covington et al., "Deep Neural Networks for YouTube Recommendations",
 * RecSys 2016, <a href="https://doi.org/10.1145/2959100.2959190">doi 10.1145/2959100.2959190</a>,
 * and Yi et al., "Sampling-Bias-Corrected Neural Modeling for Large Corpus Item Recommendations",
 * RecSys 2019, <a href="https://doi.org/10.1145/3298689.3346996">doi 10.1145/3298689.3346996</a>.
 *
 * <p>The user tower makes u(x) and the item tower v(y), [B, D] each; their similarity over the
 * temperature, s(x, y) = sim(u(x), v(y)) / T, is the logit. So the best items of a user are the
 * nearest neighbours of its vector. With the pointwise loss the logit has a learned bias too, as a
 * click's probability at similarity 0 is not one half; the papers, which normalise over items, need
 * none.
 *
 * @param user names of the features of the user tower, sparse or dense
 * @param item names of those of the item tower; together they are all features
 * @param hidden widths of each tower's layers with ReLU; may be empty
 * @param dimension D, of the vectors; the layer that makes them is linear
 * @param similarity of two vectors
 * @param temperature T; the logits of cosines are from -1/T to 1/T
 * @param loss what is learned from a batch
 * @param itemId the categorical feature, one of the item tower's, whose value is the item, for
 *     {@link LossType#BATCH_SOFTMAX}
 */
public record TwoTower(
        List<String> user,
        List<String> item,
        List<Integer> hidden,
        int dimension,
        Similarity similarity,
        double temperature,
        LossType loss,
        String itemId)
        implements Architecture {

    static final String TYPE = "two-tower";

    private static final double COSINE_TEMPERATURE = 0.05;

    /** Below the square of any length that matters; keeps the gradient at length 0 finite. */
    private static final double EPSILON = 1e-8;

    /** Dot products of vectors of 32, learned example by example. */
    static final TwoTower DEFAULT =
            new TwoTower(
                    List.of("user"),
                    List.of("item"),
                    List.of(64),
                    32,
                    Similarity.DOT,
                    1,
                    LossType.POINTWISE,
                    "item");

    /** How alike two vectors are. */
    public enum Similarity {
        /** u . v. */
        DOT,
        /** u . v / (|u| |v|). */
        COSINE
    }

    /** What is learned from a batch. */
    public enum LossType {
        /** The objective's loss of each logit. */
        POINTWISE,
        /** To choose the clicked item among all of the batch, as {@link BatchSoftmax} says. */
        BATCH_SOFTMAX
    }

    public TwoTower {
        user = List.copyOf(user);
        item = List.copyOf(item);
        hidden = List.copyOf(hidden);
        var unused = new Towers(user, item, hidden, dimension);
        if (!(temperature > 0 && temperature < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "the temperature is " + temperature + "; it is a number above 0");
        }
    }

    static TwoTower read(ConfigNode node) {
        Similarity similarity = node.choice("similarity", Similarity.class, DEFAULT.similarity);
        return new TwoTower(
                node.strings("user", DEFAULT.user),
                node.strings("item", DEFAULT.item),
                node.integers("hidden", DEFAULT.hidden),
                node.integer("dimension", DEFAULT.dimension),
                similarity,
                node.number(
                        "temperature",
                        similarity == Similarity.COSINE ? COSINE_TEMPERATURE : DEFAULT.temperature),
                node.choice("loss", LossType.class, DEFAULT.loss),
                node.string("item-id", DEFAULT.itemId));
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public void requireFit(Objective objective, List<FeatureSpec> features) {
        towers().requireApart(features, TYPE);
        if (loss == LossType.POINTWISE) {
            return;
        }
        if (!(objective instanceof Objective.Click)) {
            throw new IllegalArgumentException(
                    "batch-softmax learns which item was clicked, not how it was rated; the"
                            + " objective must be click, or the loss pointwise");
        }
        boolean isItem =
                item.contains(itemId)
                        && features.stream()
                                .filter(FeatureSpec.Categorical.class::isInstance)
                                .anyMatch(feature -> feature.name().equals(itemId));
        if (!isItem) {
            throw new IllegalArgumentException(
                    "item-id is \""
                            + itemId
                            + "\"; batch-softmax needs it to be a categorical feature of the item"
                            + " tower, which has "
                            + item);
        }
    }

    @Override
    public Optional<BatchLoss> batchLoss() {
        return loss == LossType.BATCH_SOFTMAX
                ? Optional.of(new BatchSoftmax(this))
                : Optional.empty();
    }

    @Override
    public List<TensorSpec> tensors(InputShape input) {
        List<TensorSpec> tensors = new ArrayList<>(towers().tensors(input, TYPE));
        if (loss == LossType.POINTWISE) {
            tensors.add(TensorSpec.bias("bias", 1));
        }
        return tensors;
    }

    @Override
    public NDArray logits(Inputs inputs, NDList tensors) {
        NDArray scores = scores(userVectors(inputs, tensors), itemVectors(inputs, tensors));
        return loss == LossType.POINTWISE
                ? scores.add(towers().others(tensors).singletonOrThrow())
                : scores;
    }

    /**
     * u(x), [B, D], of length 1 if the similarity is the cosine: what an index of items is asked
     * with. It depends on the features of the user tower only.
     */
    public NDArray userVectors(Inputs inputs, NDList tensors) {
        return scaled(towers().userVectors(inputs, tensors));
    }

    /**
     * v(y), [B, D], of length 1 if the similarity is the cosine: what an index holds. It depends on
     * the features of the item tower only.
     */
    public NDArray itemVectors(Inputs inputs, NDList tensors) {
        return scaled(towers().itemVectors(inputs, tensors));
    }

    /** s(x, y) of the pairs [B] that stand side by side. */
    NDArray scores(NDArray u, NDArray v) {
        return overTemperature(u.mul(v).sum(new int[] {1}));
    }

    /** x / T. */
    NDArray overTemperature(NDArray x) {
        return Scaling.times(x, 1 / temperature);
    }

    private NDArray scaled(NDArray vectors) {
        if (similarity == Similarity.DOT) {
            return vectors;
        }
        NDArray squares = vectors.mul(vectors).sum(new int[] {1}, true);
        return vectors.div(squares.add(EPSILON).sqrt());
    }

    private Towers towers() {
        return new Towers(user, item, hidden, dimension);
    }
}
