package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.millrace.model.config.ConfigNode;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.loss.Objective;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A network beside a small tower that explains clicks by where the item was shown. While learning,
 * the logit is made of the network's a and the tower's b, both [B]; the network does not see the
 * position. While serving, it is a alone: where an item will be shown is not known yet, and is no
 * merit of the item.
 *
 * <p>{@link Combine#MULTIPLICATIVE} is PAL: Guo et al., "PAL: A Position-bias Aware Learning
 * Framework for CTR Prediction in Live Recommender Systems", RecSys 2019, <a
 * href="https://doi.org/10.1145/3298689.3347033">doi 10.1145/3298689.3347033</a>. A click takes
 * that the item was seen: p(click) = p(seen | position) p(click | seen) = sigmoid(b) sigmoid(a)
 * (eq. 3 and 4), so that what is served is p(click | seen).
 *
 * <p>{@link Combine#ADDITIVE} is the shallow tower of Zhao et al., "Recommending What Video to
 * Watch Next: A Multitask Ranking System", RecSys 2019, <a
 * href="https://doi.org/10.1145/3298689.3346997">doi 10.1145/3298689.3346997</a>, section 4.3: the
 * logit is a + b. (They also drop the position of a tenth of the examples.)
 *
 * @param feature the sparse feature that holds the position
 * @param combine how a and b make the logit
 * @param hidden widths of the tower's layers with ReLU; without any, b is linear in the position's
 *     embedding
 * @param network the architecture that sees all other features
 */
public record PositionBias(
        String feature, Combine combine, List<Integer> hidden, Architecture network)
        implements Architecture {

    static final String TYPE = "position-bias";

    /** PAL around the default DCN-V2, with one learned number a position. */
    static final PositionBias DEFAULT =
            new PositionBias("position", Combine.MULTIPLICATIVE, List.of(), DcnV2.DEFAULT);

    /** How the network's logit a and the tower's b make one. */
    public enum Combine {
        /** The log-odds of sigmoid(a) sigmoid(b). */
        MULTIPLICATIVE,
        /** a + b. */
        ADDITIVE
    }

    public PositionBias {
        hidden = OptionChecks.widths("the position's tower", hidden);
        if (network.batchLoss().isPresent()) {
            throw new IllegalArgumentException(
                    TYPE
                            + " changes the logit of an example, but the loss of this "
                            + network.type()
                            + " is of the whole batch; choose another loss for it");
        }
    }

    static PositionBias read(ConfigNode node) {
        return new PositionBias(
                node.string("feature", DEFAULT.feature),
                node.choice("combine", Combine.class, DEFAULT.combine),
                node.integers("hidden", DEFAULT.hidden),
                node.optionalMap("network").map(Architectures::read).orElse(DEFAULT.network));
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public InputShape.Field field(InputShape.Field declared) {
        return declared.name().equals(feature) ? declared : network.field(declared);
    }

    @Override
    public void requireFit(Objective objective, List<FeatureSpec> features) {
        if (combine == Combine.MULTIPLICATIVE && !(objective instanceof Objective.Click)) {
            throw new IllegalArgumentException(
                    "multiplicative "
                            + TYPE
                            + " multiplies probabilities, but the objective is a rating; combine"
                            + " can be additive");
        }
        if (combine == Combine.MULTIPLICATIVE
                && objective instanceof Objective.Click click
                && click.negativeSampling() < 1) {
            throw new IllegalArgumentException(
                    "multiplicative "
                            + TYPE
                            + " needs the probabilities of all impressions, but negative-sampling"
                            + " makes those of a sample; combine can be additive");
        }
        String field = field(features);
        for (FeatureSpec other : features) {
            boolean crosses =
                    other instanceof FeatureSpec.Cross cross && cross.of().contains(feature);
            boolean readsIt =
                    !other.name().equals(feature)
                            && other instanceof FeatureSpec.OfField one
                            && one.field().equals(field);
            if (crosses || readsIt) {
                throw new IllegalArgumentException(
                        "the feature \""
                                + other.name()
                                + "\" would tell the network of "
                                + TYPE
                                + " the position, \""
                                + feature
                                + "\"; leave it out");
            }
        }
        network.requireFit(
                objective,
                features.stream().filter(other -> !other.name().equals(feature)).toList());
    }

    /** The event field that the position is read from; empty when it is no feature of a field. */
    private String field(List<FeatureSpec> features) {
        for (FeatureSpec one : features) {
            if (one.name().equals(feature) && one instanceof FeatureSpec.OfField position) {
                return position.field();
            }
        }
        return "";
    }

    @Override
    public List<TensorSpec> tensors(InputShape input) {
        Mlp tower = tower(input);
        List<TensorSpec> tensors = new ArrayList<>(tower.tensors());
        tensors.addAll(Mlp.linearTensors("position.output", tower.out(), 1));
        Set<String> taken = tensors.stream().map(TensorSpec::name).collect(Collectors.toSet());
        List<TensorSpec> others = network.tensors(input.without(position(input)));
        boolean collides = others.stream().anyMatch(other -> taken.contains(other.name()));
        for (TensorSpec other : others) {
            tensors.add(
                    collides
                            ? new TensorSpec(
                                    "network." + other.name(), other.shape(), other.initializer())
                            : other);
        }
        return tensors;
    }

    @Override
    public NDArray logits(Inputs inputs, NDList tensors) {
        int position = position(inputs.shape());
        NDArray a =
                network.logits(
                        inputs.without(position), tensors.subNDList(2 * (hidden.size() + 1)));
        if (inputs.isServing()) {
            return a;
        }
        Iterator<NDArray> next = tensors.iterator();
        NDArray above = tower(inputs.shape()).apply(inputs.embedding(position), next, inputs);
        NDArray b = Mlp.logit(above, next);
        return combine == Combine.ADDITIVE ? a.add(b) : logitOfProduct(a, b);
    }

    /**
     * The log-odds of p = sigmoid(a) sigmoid(b). As 1/p = (1 + e^-a)(1 + e^-b), they are -log(1/p -
     * 1) = -log(e^-a + e^-b + e^-(a+b)).
     */
    private static NDArray logitOfProduct(NDArray a, NDArray b) {
        NDArray x = a.neg();
        NDArray y = b.neg();
        NDArray z = x.add(y);
        NDArray max = x.maximum(y).maximum(z).stopGradient();
        NDArray sum = x.sub(max).exp().add(y.sub(max).exp()).add(z.sub(max).exp());
        return sum.log().add(max).neg();
    }

    private Mlp tower(InputShape input) {
        return new Mlp("position", input.fields().get(position(input)).dimension(), hidden, 0);
    }

    private int position(InputShape input) {
        return input.indexOf(feature, TYPE);
    }
}
