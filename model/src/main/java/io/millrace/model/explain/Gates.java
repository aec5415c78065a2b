package io.millrace.model.explain;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import io.millrace.model.architecture.Gdcn;
import io.millrace.model.architecture.Inputs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The information gates of a {@link Gdcn}.
 *
 * @param network whose gates they are
 */
record Gates(Gdcn network) {

    /** Tensors of a layer: weight, bias, gate. */
    private static final int TENSORS = 3;

    /** Summed over the batch, [layers, width of x0]. */
    NDArray sums(Inputs inputs, NDList tensors) {
        NDArray x0 = inputs.sideBySide();
        NDArray x = x0;
        NDList sums = new NDList();
        for (int layer = 0; layer < network.crossLayers(); layer++) {
            NDList own = tensors.subNDList(layer * TENSORS);
            NDArray gate = Gdcn.gate(x, own.get(TENSORS - 1));
            sums.add(gate.sum(new int[] {0}));
            x = network.cross(x0, x, own.iterator());
        }
        return NDArrays.stack(sums);
    }

    /** The mean over each feature's columns, [layers, features]. */
    static double[][] byFeature(double[][] means, List<FeatureSpan> features) {
        List<double[]> layers = new ArrayList<>();
        for (double[] layer : means) {
            layers.add(
                    features.stream()
                            .mapToDouble(
                                    feature ->
                                            Arrays.stream(layer, feature.from(), feature.to())
                                                    .average()
                                                    .orElse(Double.NaN))
                            .toArray());
        }
        return layers.toArray(double[][]::new);
    }
}
