package io.millrace.model.explain;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.millrace.model.architecture.AutoInt;
import io.millrace.model.architecture.InputShape;
import io.millrace.model.architecture.Inputs;
import java.util.ArrayList;
import java.util.List;

/**
 * What the features of an {@link AutoInt} look at.
 *
 * @param network that attends
 * @param input of it
 */
record Attention(AutoInt network, InputShape input) {

    /** Summed over the batch, mean over the heads, [layers V, V] with V = F + N. */
    NDArray sums(Inputs inputs, NDList tensors) {
        NDArray weights = network.attention(inputs, tensors);
        long vectors = weights.getShape().get(4);
        return weights.mean(new int[] {2}).sum(new int[] {1}).reshape(-1, vectors);
    }

    /**
     * One matrix of features a layer. A feature of several numbers looks as they do in the mean,
     * and is looked at as much as they are together: so rows still sum to 1.
     */
    List<PairStrengths.Layer> layers(double[][] means) {
        int[] owner = owners();
        int features = input.fields().size() + input.numbers().size();
        int[] sizes = new int[features];
        for (int feature : owner) {
            sizes[feature]++;
        }
        List<PairStrengths.Layer> layers = new ArrayList<>();
        for (int layer = 0; layer < network.layers(); layer++) {
            double[][] strengths = new double[features][features];
            for (int i = 0; i < owner.length; i++) {
                for (int j = 0; j < owner.length; j++) {
                    strengths[owner[i]][owner[j]] +=
                            means[layer * owner.length + i][j] / sizes[owner[i]];
                }
            }
            layers.add(new PairStrengths.Layer("attention layer " + (layer + 1), strengths));
        }
        return layers;
    }

    /** By vector, the feature that it is of. */
    private int[] owners() {
        List<Integer> owners = new ArrayList<>();
        int feature = 0;
        for (; feature < input.fields().size(); feature++) {
            owners.add(feature);
        }
        for (InputShape.Numbers numbers : input.numbers()) {
            for (int i = 0; i < numbers.width(); i++) {
                owners.add(feature);
            }
            feature++;
        }
        return owners.stream().mapToInt(Integer::intValue).toArray();
    }

    List<String> names() {
        List<String> names = new ArrayList<>();
        input.fields().forEach(field -> names.add(field.name()));
        input.numbers().forEach(numbers -> names.add(numbers.name()));
        return names;
    }
}
