package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.millrace.model.config.ConfigNode;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.loss.Objective;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Two towers joined by a network. A user vector u and an item vector v, [B, D] each, are made apart
 * as in {@link TwoTower}; the logit is an MLP of [u, v, u * v], where * is elementwise.
 *
 * <p>This is common practice rather than one paper. The product beside the vectors is that of He et
 * al., "Neural Collaborative Filtering", WWW 2017, <a href="https://arxiv.org/abs/1708.05031">arXiv
 * 1708.05031</a> (eq. 9 and 10), whose other half is an MLP of the two side by side. It ranks
 * better than a dot product and still computes an item's vector once for all users, but is no
 * longer a search for nearest neighbours.
 *
 * @param user names of the features of the user tower, sparse or dense
 * @param item names of those of the item tower; together they are all features
 * @param hidden widths of each tower's layers with ReLU; may be empty
 * @param dimension D, of the vectors
 * @param joint widths of the joint network's layers with ReLU; may be empty
 */
public record SplitNetwork(
        List<String> user,
        List<String> item,
        List<Integer> hidden,
        int dimension,
        List<Integer> joint)
        implements Architecture {

    static final String TYPE = "split-network";

    /** One layer in each tower, and one above them. */
    static final SplitNetwork DEFAULT =
            new SplitNetwork(List.of("user"), List.of("item"), List.of(64), 32, List.of(32));

    public SplitNetwork {
        user = List.copyOf(user);
        item = List.copyOf(item);
        hidden = List.copyOf(hidden);
        var unused = new Towers(user, item, hidden, dimension);
        joint = OptionChecks.widths("the joint network", joint);
    }

    static SplitNetwork read(ConfigNode node) {
        return new SplitNetwork(
                node.strings("user", DEFAULT.user),
                node.strings("item", DEFAULT.item),
                node.integers("hidden", DEFAULT.hidden),
                node.integer("dimension", DEFAULT.dimension),
                node.integers("joint", DEFAULT.joint));
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public void requireFit(Objective objective, List<FeatureSpec> features) {
        towers().requireApart(features, TYPE);
    }

    @Override
    public List<TensorSpec> tensors(InputShape input) {
        List<TensorSpec> tensors = new ArrayList<>(towers().tensors(input, TYPE));
        tensors.addAll(jointNetwork().tensors());
        tensors.addAll(Mlp.linearTensors("output", jointNetwork().out(), 1));
        return tensors;
    }

    @Override
    public NDArray logits(Inputs inputs, NDList tensors) {
        NDArray u = towers().userVectors(inputs, tensors);
        NDArray v = towers().itemVectors(inputs, tensors);
        NDArray both = u.concat(v, 1).concat(u.mul(v), 1);
        Iterator<NDArray> next = towers().others(tensors).iterator();
        return Mlp.logit(jointNetwork().apply(both, next, inputs), next);
    }

    private Towers towers() {
        return new Towers(user, item, hidden, dimension);
    }

    private Mlp jointNetwork() {
        return new Mlp("joint", 3 * dimension, joint, 0);
    }
}
