package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.millrace.model.feature.FeatureSpec;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A user tower and an item tower of the same layers, which share no feature: so an item's vector
 * can be computed once for all users.
 *
 * @param user names of the features that the user tower is fed, sparse or dense
 * @param item names of those that the item tower is fed
 * @param hidden widths of each tower's layers with ReLU; may be empty
 * @param dimension of both vectors
 */
record Towers(List<String> user, List<String> item, List<Integer> hidden, int dimension)
        implements Serializable {

    Towers {
        user = List.copyOf(user);
        item = List.copyOf(item);
        hidden = OptionChecks.widths("a tower", hidden);
        dimension = OptionChecks.positive("the dimension of the towers' vectors", dimension);
        requireFeatures("user", user);
        requireFeatures("item", item);
        Set<String> named = new HashSet<>();
        for (String feature : both(user, item)) {
            if (!named.add(feature)) {
                throw new IllegalArgumentException(
                        "the feature \""
                                + feature
                                + "\" is named twice among those of the user tower, "
                                + user
                                + ", and the item tower, "
                                + item
                                + "; a feature is in one tower, once");
            }
        }
    }

    /**
     * Tensors of the user tower, then of the item tower.
     *
     * @param architecture to be named in the error
     * @throws IllegalArgumentException when a tower names what is no feature, or a feature is in
     *     neither
     */
    List<TensorSpec> tensors(InputShape input, String architecture) {
        requireFit(input, architecture);
        List<TensorSpec> tensors = new ArrayList<>(userTower(input).tensors());
        tensors.addAll(itemTower(input).tensors());
        return tensors;
    }

    /**
     * Checks that no cross brings a feature of one tower into the other, and that no event field is
     * read in both, but for the event's own time.
     *
     * @param architecture to be named in the error
     * @throws IllegalArgumentException when one does
     */
    void requireApart(List<FeatureSpec> features, String architecture) {
        Map<String, FeatureSpec> readers = new HashMap<>();
        for (FeatureSpec feature : features) {
            if (feature instanceof FeatureSpec.OfField one && !one.field().equals("timestamp")) {
                FeatureSpec other = readers.putIfAbsent(one.field(), feature);
                if (other != null && user.contains(other.name()) != user.contains(one.name())) {
                    throw new IllegalArgumentException(
                            "\""
                                    + other.name()
                                    + "\" and \""
                                    + one.name()
                                    + "\" read the same field, \""
                                    + one.field()
                                    + "\", in different towers of "
                                    + architecture
                                    + "; a vector must not depend on the other tower's features,"
                                    + " so leave one out");
                }
            }
            if (feature instanceof FeatureSpec.Cross cross) {
                List<String> tower = user.contains(cross.name()) ? user : item;
                for (String part : cross.of()) {
                    if (!tower.contains(part)) {
                        throw new IllegalArgumentException(
                                "the cross \""
                                        + cross.name()
                                        + "\" of "
                                        + cross.of()
                                        + " is in one tower of "
                                        + architecture
                                        + ", but \""
                                        + part
                                        + "\" is not; a vector must not depend on the other"
                                        + " tower's features, so leave the cross out");
                    }
                }
            }
        }
    }

    /** [B, dimension]. */
    NDArray userVectors(Inputs inputs, NDList tensors) {
        return userTower(inputs.shape()).apply(inputs, tensors.iterator());
    }

    /** [B, dimension]. */
    NDArray itemVectors(Inputs inputs, NDList tensors) {
        return itemTower(inputs.shape())
                .apply(inputs, tensors.subList(tensorsOfOne(), tensors.size()).iterator());
    }

    /** The tensors that come after those of both towers. */
    NDList others(NDList tensors) {
        return tensors.subNDList(2 * tensorsOfOne());
    }

    /** Number of tensors of one tower: weight and bias of each layer, the last one included. */
    private int tensorsOfOne() {
        return 2 * (hidden.size() + 1);
    }

    private Tower userTower(InputShape input) {
        return tower("user", user, input);
    }

    private Tower itemTower(InputShape input) {
        return tower("item", item, input);
    }

    private Tower tower(String name, List<String> features, InputShape input) {
        List<Integer> fields = new ArrayList<>();
        for (int i = 0; i < input.fields().size(); i++) {
            if (features.contains(input.fields().get(i).name())) {
                fields.add(i);
            }
        }
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < input.numbers().size(); i++) {
            if (features.contains(input.numbers().get(i).name())) {
                numbers.add(i);
            }
        }
        return new Tower(name, input, fields, numbers, hidden, dimension);
    }

    private void requireFit(InputShape input, String architecture) {
        List<String> declared = new ArrayList<>();
        input.fields().forEach(field -> declared.add(field.name()));
        input.numbers().forEach(numbers -> declared.add(numbers.name()));
        List<String> named = both(user, item);
        for (String feature : named) {
            if (!declared.contains(feature)) {
                throw new IllegalArgumentException(
                        architecture
                                + " names \""
                                + feature
                                + "\", which is no feature; there are "
                                + declared);
            }
        }
        for (String feature : declared) {
            if (!named.contains(feature)) {
                throw new IllegalArgumentException(
                        "the feature \""
                                + feature
                                + "\" is in neither tower of "
                                + architecture
                                + "; name it under user or item, or leave it out");
            }
        }
    }

    private static void requireFeatures(String tower, List<String> features) {
        if (features.isEmpty()) {
            throw new IllegalArgumentException(
                    "the " + tower + " tower has no features; name one under " + tower);
        }
    }

    private static List<String> both(List<String> user, List<String> item) {
        List<String> both = new ArrayList<>(user);
        both.addAll(item);
        return both;
    }
}
