package io.millrace.model.architecture;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.millrace.model.ModelSpec;
import io.millrace.model.learn.TorchEngine;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An architecture on given numbers, without rows, batches and learner around it.
 *
 * <p>What it learns has names: those of the tensors, {@code embeddings} and {@code weights}.
 */
final class NetworkPass {

    static final String EMBEDDINGS = "embeddings";
    static final String WEIGHTS = "weights";

    private final Architecture architecture;
    private final InputShape input;
    private final List<TensorSpec> tensors;
    private final int size;
    private final DataType precision;
    private final Map<String, double[]> learned = new LinkedHashMap<>();
    private final double[] numeric;
    private @Nullable BatchItems items;

    /** All zero at first. */
    NetworkPass(ModelSpec spec, int size, DataType precision) {
        architecture = spec.architecture();
        input = spec.inputShape();
        tensors = architecture.tensors(input);
        this.size = size;
        this.precision = precision;
        for (TensorSpec tensor : tensors) {
            learned.put(tensor.name(), new double[tensor.size()]);
        }
        if (input.embeddingWidth() > 0) {
            learned.put(EMBEDDINGS, new double[size * input.embeddingWidth()]);
        }
        if (input.weights() > 0) {
            learned.put(WEIGHTS, new double[size * input.weights()]);
        }
        numeric = new double[size * input.numeric()];
    }

    /** What has a gradient, by name; to be filled. */
    Map<String, double[]> learned() {
        return learned;
    }

    /** [B, N], to be filled. */
    double[] numeric() {
        return numeric;
    }

    /** Says what the examples are about, for a {@link BatchLoss}. */
    void about(BatchItems candidates) {
        items = candidates;
    }

    /** Whether the architecture has a {@link BatchLoss}. */
    boolean hasBatchLoss() {
        return architecture.batchLoss().isPresent();
    }

    /** Number of examples. */
    int size() {
        return size;
    }

    /** The loss of the batch, and of {@link #gradients}, where the architecture has one. */
    double batchLoss() {
        return run(null, false, pass -> toDoubles(pass.batchLoss(requireItems()))[0]);
    }

    /** The gradient of the {@link #batchLoss}. */
    Map<String, double[]> batchLossGradients() {
        return run(
                null,
                true,
                pass -> {
                    NDArray loss = pass.batchLoss(requireItems());
                    NDArray one = pass.manager.ones(loss.getShape(), precision);
                    return backward(loss, pass.leaves, one);
                });
    }

    /** Logits [B]. */
    double[] logits(@Nullable DropoutMasks masks) {
        return run(masks, false, pass -> toDoubles(pass.logits()));
    }

    /** Whether such a pass drops anything. */
    boolean drops(DropoutMasks masks) {
        return run(
                masks,
                false,
                pass -> {
                    pass.logits();
                    return pass.inputs.hasDropped();
                });
    }

    /** The gradient of a sum over the batch, given its derivative by each logit. */
    Map<String, double[]> gradients(double[] byLogit) {
        return run(
                null,
                true,
                pass ->
                        backward(
                                pass.logits(),
                                pass.leaves,
                                array(pass.manager, byLogit, new Shape(size))));
    }

    private Map<String, double[]> backward(
            NDArray from, Map<String, NDArray> leaves, NDArray derivative) {
        JniUtils.backward((PtNDArray) from, (PtNDArray) derivative, false, false);
        Map<String, double[]> gradients = new LinkedHashMap<>();
        leaves.forEach((name, leaf) -> gradients.put(name, toDoubles(leaf.getGradient())));
        return gradients;
    }

    private <T> T run(@Nullable DropoutMasks masks, boolean withGradients, Function<Pass, T> use) {
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(withGradients);
        try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
            Map<String, NDArray> leaves = new LinkedHashMap<>();
            NDList network = new NDList();
            for (TensorSpec tensor : tensors) {
                network.add(leaf(manager, tensor.name(), new Shape(tensor.dimensions()), leaves));
            }
            NDArray embeddings =
                    leaf(manager, EMBEDDINGS, new Shape(size, input.embeddingWidth()), leaves);
            NDArray weights = leaf(manager, WEIGHTS, new Shape(size, input.weights()), leaves);
            leaves.values().forEach(leaf -> leaf.setRequiresGradient(withGradients));
            Inputs inputs =
                    new Inputs(
                            input,
                            embeddings,
                            weights,
                            array(manager, numeric, new Shape(size, input.numeric())),
                            Inputs.Purpose.LEARNING,
                            masks);
            return use.apply(new Pass(architecture, manager, leaves, network, inputs));
        } finally {
            JniUtils.setGradMode(before);
        }
    }

    private NDArray leaf(NDManager manager, String name, Shape shape, Map<String, NDArray> leaves) {
        if (shape.size() == 0) {
            return manager.zeros(shape, precision);
        }
        NDArray leaf = array(manager, Objects.requireNonNull(learned.get(name)), shape);
        leaves.put(name, leaf);
        return leaf;
    }

    private NDArray array(NDManager manager, double[] values, Shape shape) {
        if (shape.size() == 0) {
            return manager.zeros(shape, precision);
        }
        if (precision == DataType.FLOAT64) {
            return manager.create(values, shape);
        }
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return manager.create(floats, shape);
    }

    private double[] toDoubles(NDArray array) {
        if (precision == DataType.FLOAT64) {
            return array.toDoubleArray();
        }
        float[] floats = array.toFloatArray();
        double[] doubles = new double[floats.length];
        for (int i = 0; i < doubles.length; i++) {
            doubles[i] = floats[i];
        }
        return doubles;
    }

    private BatchItems requireItems() {
        return Objects.requireNonNull(items, "call about() first");
    }

    private record Pass(
            Architecture architecture,
            NDManager manager,
            Map<String, NDArray> leaves,
            NDList tensors,
            Inputs inputs) {

        NDArray logits() {
            return architecture.logits(inputs, tensors);
        }

        NDArray batchLoss(BatchItems items) {
            return architecture.batchLoss().orElseThrow().forward(inputs, tensors, items).loss();
        }
    }
}
