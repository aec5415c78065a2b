package io.millrace.model.learn;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.millrace.model.ModelSpec;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.loss.Loss;
import io.millrace.model.parameter.DenseLayout;
import io.millrace.model.parameter.ParameterKey;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * Predicts a micro-batch and computes the gradient of its loss. It holds no parameters: weights
 * come with each call, and gradients go back.
 *
 * <p>A learner belongs to one thread; several may work in one JVM at once, each in its own.
 * (Autograd runs on the thread-local gradient mode, since DJL allows one gradient collector a
 * process.) The network is differentiated from the logits down, the loss by its own formula.
 */
public final class Learner implements AutoCloseable {

    private final ModelSpec spec;
    private final Network network;
    private final Loss loss;
    private final NativeFloats nativeDense = new NativeFloats();
    private final NativeFloats nativeLogits = new NativeFloats();

    public Learner(ModelSpec spec, Device device) {
        this.spec = spec;
        network = new Network(spec, device);
        loss = network.loss();
    }

    /**
     * Predicts, then differentiates.
     *
     * @param weights the weights of all keys, as {@link MicroBatch#weightsAt} says
     * @param gradients is overwritten, in the same layout, with the sum over the batch of
     *     importance times the gradient of the loss
     * @return B predictions made with these weights: click probabilities or clipped ratings
     * @throws DivergedException when a loss or gradient is not finite; {@code gradients} is then of
     *     no use
     */
    public float[] learn(MicroBatch batch, float[] weights, float[] gradients) {
        requireRoom(batch, weights, "weights");
        requireRoom(batch, gradients, "gradients");
        return Network.withGradients(true, () -> differentiate(batch, weights, gradients));
    }

    /**
     * The same predictions as {@link #learn}, without gradients.
     *
     * @throws DivergedException when a logit is not finite
     */
    public float[] predict(MicroBatch batch, float[] weights) {
        requireRoom(batch, weights, "weights");
        return Network.withGradients(
                false,
                () -> {
                    try (NDManager manager = network.manager().newSubManager()) {
                        NDArray dense = dense(manager, batch, weights);
                        NDArray embeddings = network.embeddings(manager, batch, weights);
                        return network.predictions(
                                network.logits(manager, batch, embeddings, network.tensors(dense))
                                        .toFloatArray());
                    }
                });
    }

    @Override
    public void close() {
        network.close();
    }

    private float[] differentiate(MicroBatch batch, float[] weights, float[] gradients) {
        try (NDManager manager = network.manager().newSubManager()) {
            NDArray dense = dense(manager, batch, weights);
            NDArray embeddings = network.embeddings(manager, batch, weights);
            dense.setRequiresGradient(true);
            embeddings.setRequiresGradient(true);
            NDArray logits = network.logits(manager, batch, embeddings, network.tensors(dense));

            float[] logitValues = logits.toFloatArray();
            float[] predictions = network.predictions(logitValues);
            NDArray logitGradient = logitGradient(manager, batch, logitValues);
            JniUtils.backward((PtNDArray) logits, (PtNDArray) logitGradient, false, false);

            Arrays.fill(gradients, 0, batch.weightCount(), 0f);
            copyDenseGradient(batch, dense, gradients);
            scatterEmbeddingGradient(batch, embeddings, gradients);
            requireFinite(batch, gradients);
            return predictions;
        }
    }

    /** The whole dense vector, put together from its blocks. */
    private NDArray dense(NDManager manager, MicroBatch batch, float[] weights) {
        int size = network.layout().size();
        FloatBuffer room = nativeDense.room(size);
        int[] keys = batch.denseKeys();
        for (int block = 0; block < keys.length; block++) {
            int at = block * DenseLayout.BLOCK;
            int length = Math.min(DenseLayout.BLOCK, size - at);
            room.put(at, weights, batch.weightsAt()[keys[block]], length);
        }
        return nativeDense.tensor(manager, new Shape(size));
    }

    private NDArray logitGradient(NDManager manager, MicroBatch batch, float[] logits) {
        float[] labels = batch.labels();
        float[] importances = batch.importances();
        FloatBuffer room = nativeLogits.room(logits.length);
        for (int b = 0; b < logits.length; b++) {
            room.put(b, (float) (importances[b] * loss.derivative(logits[b], labels[b])));
        }
        return nativeLogits.tensor(manager, new Shape(logits.length));
    }

    private void copyDenseGradient(MicroBatch batch, NDArray dense, float[] gradients) {
        FloatBuffer gradient = gradient(dense);
        int[] keys = batch.denseKeys();
        for (int block = 0; block < keys.length; block++) {
            int at = block * DenseLayout.BLOCK;
            int length = Math.min(DenseLayout.BLOCK, gradient.capacity() - at);
            gradient.get(at, gradients, batch.weightsAt()[keys[block]], length);
        }
    }

    private void scatterEmbeddingGradient(MicroBatch batch, NDArray embeddings, float[] gradients) {
        if (network.pooling().width() == 0) {
            return;
        }
        float[] pooled = network.pooledRoom(batch);
        FloatBuffer gradient = gradient(embeddings);
        gradient.get(0, pooled, 0, gradient.capacity());
        network.pooling().scatter(batch, pooled, gradients);
    }

    /** The gradient of a leaf; it lives as long as the leaf's manager. */
    private static FloatBuffer gradient(NDArray leaf) {
        return leaf.getGradient().toByteBuffer(true).asFloatBuffer();
    }

    private void requireFinite(MicroBatch batch, float[] gradients) {
        for (int i = 0; i < batch.weightCount(); i++) {
            if (!Float.isFinite(gradients[i])) {
                throw new DivergedException(
                        "the gradient of "
                                + owner(batch, i)
                                + " of model "
                                + spec.name()
                                + " is "
                                + gradients[i]
                                + "; a lower learning rate or clipped inputs would help");
            }
        }
    }

    /** Names the tensor or feature that a weight belongs to. */
    private String owner(MicroBatch batch, int weight) {
        int found = Arrays.binarySearch(batch.weightsAt(), weight);
        int index = found >= 0 ? found : -found - 2;
        long key = batch.keys()[index];
        if (ParameterKey.slot(key) != ParameterKey.DENSE_SLOT) {
            List<FeatureSpec> sparse =
                    spec.features().stream().filter(FeatureSpec.Sparse.class::isInstance).toList();
            return "feature " + sparse.get(ParameterKey.slot(key) - 1).name();
        }
        int position =
                (int) ParameterKey.hash(key) * DenseLayout.BLOCK
                        + weight
                        - batch.weightsAt()[index];
        int tensor = 0;
        while (network.layout().start(tensor + 1) <= position) {
            tensor++;
        }
        return "tensor " + network.layout().tensors().get(tensor).name();
    }

    private static void requireRoom(MicroBatch batch, float[] array, String what) {
        if (array.length < batch.weightCount()) {
            throw new IllegalArgumentException(
                    "the array of "
                            + what
                            + " holds "
                            + array.length
                            + " floats; this micro-batch needs "
                            + batch.weightCount());
        }
    }

    /** The manager under which every batch has its own; for tests that look for leaks. */
    NDManager manager() {
        return network.manager();
    }
}
