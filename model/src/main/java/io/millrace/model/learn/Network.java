package io.millrace.model.learn;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.DropoutMasks;
import io.millrace.model.architecture.InputShape;
import io.millrace.model.architecture.Inputs;
import io.millrace.model.architecture.TensorSpec;
import io.millrace.model.loss.Loss;
import io.millrace.model.parameter.DenseLayout;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A model's forward pass on one device: what learning and serving share. Confined to one thread.
 *
 * <p>All tensors of a batch belong to a manager of that batch; results attach to the manager of
 * their first operand, so closing it frees everything.
 */
final class Network implements AutoCloseable {

    private final ModelSpec spec;
    private final InputShape input;
    private final DenseLayout layout;
    private final List<Shape> shapes;
    private final EmbeddingPooling pooling;
    private final Loss loss;
    private final NDManager manager;

    private final NativeFloats nativeEmbeddings = new NativeFloats();
    private final NativeFloats nativeNumeric = new NativeFloats();

    Network(ModelSpec spec, Device device) {
        this.spec = spec;
        input = spec.inputShape();
        layout = new DenseLayout(spec.architecture().tensors(input));
        shapes = layout.tensors().stream().map(TensorSpec::dimensions).map(Shape::new).toList();
        pooling = new EmbeddingPooling(spec);
        loss = Loss.of(spec.objective());
        manager = TorchEngine.newManager(device);
    }

    NDManager manager() {
        return manager;
    }

    DenseLayout layout() {
        return layout;
    }

    EmbeddingPooling pooling() {
        return pooling;
    }

    Loss loss() {
        return loss;
    }

    /** The architecture's tensors, of which each lies where it stands in the dense vector. */
    NDList tensors(NDManager owner, NativeFloats dense) {
        NDList tensors = new NDList(shapes.size());
        for (int i = 0; i < shapes.size(); i++) {
            tensors.add(dense.tensor(owner, layout.start(i), shapes.get(i)));
        }
        return tensors;
    }

    /**
     * Checks the width of the numbers that examples carry.
     *
     * @throws IllegalArgumentException when it is not what the model takes
     */
    void requireNumbers(int width) {
        if (width != input.numeric()) {
            throw new IllegalArgumentException(
                    "the examples carry "
                            + width
                            + " numbers each where the model "
                            + spec.name()
                            + " takes "
                            + input.numeric());
        }
    }

    /** [B, pooling's width]: what the network is fed of the batch's rows. */
    NDArray embeddings(NDManager batchManager, MicroBatch batch, float[] weights) {
        requireNumbers(batch.numeric().length / batch.size());
        Shape shape = new Shape(batch.size(), pooling.width());
        if (pooling.width() == 0) {
            return batchManager.zeros(shape);
        }
        int length = Math.multiplyExact(batch.size(), pooling.width());
        pooling.gather(batch, weights, nativeEmbeddings.room(length));
        return nativeEmbeddings.tensor(batchManager, shape);
    }

    /** The inputs of a pass that nothing is learned from. */
    Inputs inputs(NDManager batchManager, PredictionInput input, Inputs.Purpose purpose) {
        Shape shape = new Shape(input.size(), pooling.width());
        NDArray rows =
                pooling.width() == 0
                        ? batchManager.zeros(shape)
                        : nativeEmbeddings.tensor(batchManager, input.rows(), shape);
        return inputs(batchManager, input.size(), input.numeric(), rows, purpose, null);
    }

    /**
     * A batch as the architecture takes it.
     *
     * @param rows of {@link #embeddings}
     */
    Inputs inputs(
            NDManager batchManager,
            MicroBatch batch,
            NDArray rows,
            Inputs.Purpose purpose,
            @Nullable DropoutMasks masks) {
        return inputs(batchManager, batch.size(), batch.numeric(), rows, purpose, masks);
    }

    private Inputs inputs(
            NDManager batchManager,
            int size,
            float[] numbers,
            NDArray rows,
            Inputs.Purpose purpose,
            @Nullable DropoutMasks masks) {
        if (pooling.hasNumbers()) {
            return Inputs.ofSideBySide(input, rows, purpose, masks);
        }
        Shape shape = new Shape(size, input.numeric());
        NDArray numeric =
                input.numeric() == 0
                        ? batchManager.zeros(shape)
                        : nativeNumeric.tensor(batchManager, numbers, shape);
        int width = input.embeddingWidth();
        boolean isWeighted = input.weights() > 0;
        return new Inputs(
                input,
                isWeighted ? rows.get(columns(0, width)) : rows,
                isWeighted
                        ? rows.get(columns(width, pooling.width()))
                        : batchManager.zeros(new Shape(size, 0)),
                numeric,
                purpose,
                masks);
    }

    /** The forward pass to logits [B]. */
    NDArray logits(Inputs inputs, NDList tensors) {
        return spec.architecture().logits(inputs, tensors);
    }

    private static NDIndex columns(int from, int to) {
        return new NDIndex().addAllDim().addSliceDim(from, to);
    }

    /**
     * Predictions of all logits.
     *
     * @throws DivergedException when a logit is not finite
     */
    float[] predictions(float[] logits) {
        float[] predictions = new float[logits.length];
        for (int b = 0; b < logits.length; b++) {
            if (!Float.isFinite(logits[b])) {
                throw new DivergedException(
                        "the logit of example "
                                + b
                                + " of a micro-batch of "
                                + logits.length
                                + " is "
                                + logits[b]
                                + ", so the loss of model "
                                + spec.name()
                                + " is not finite; a lower learning rate or clipped inputs would"
                                + " help");
            }
            predictions[b] = loss.prediction(logits[b]);
        }
        return predictions;
    }

    /** Runs with autograd on or off; the mode belongs to the calling thread, and is put back. */
    static <T> T withGradients(boolean on, Supplier<T> body) {
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(on);
        try {
            return body.get();
        } finally {
            JniUtils.setGradMode(before);
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
