package io.millrace.model.learn;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.BatchItems;
import io.millrace.model.architecture.BatchLoss;
import io.millrace.model.architecture.DropoutMasks;
import io.millrace.model.architecture.InputShape.Field;
import io.millrace.model.architecture.Inputs;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.loss.ExampleWeighting;
import io.millrace.model.loss.Loss;
import io.millrace.model.parameter.DenseLayout;
import io.millrace.model.parameter.ParameterKey;
import it.unimi.dsi.fastutil.HashCommon;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Predicts a micro-batch and computes the gradient of its loss. It holds no parameters: weights
 * come with each call, and gradients go back.
 *
 * <p>A learner belongs to one thread; several may work in one JVM at once, each in its own.
 * (Autograd runs on the thread-local gradient mode, since DJL allows one gradient collector a
 * process.) The network is differentiated from the logits down, the loss by its own formula; where
 * the architecture has a {@link BatchLoss}, autograd differentiates that too.
 */
public final class Learner implements AutoCloseable {

    private final ModelSpec spec;
    private final Network network;
    private final Loss loss;
    private final ExampleWeighting weighting;
    private final @Nullable BatchLoss batchLoss;
    private final int fields;

    /** Which of the fields is the item of the {@link #batchLoss}; has no meaning without one. */
    private final int item;

    private final NativeFloats nativeDense = new NativeFloats();
    private final NativeFloats nativeLogits = new NativeFloats();

    public Learner(ModelSpec spec, Device device) {
        this(spec, device, ExampleWeighting.NONE);
    }

    /**
     * @throws IllegalArgumentException when the architecture has a {@link BatchLoss}, which is not
     *     a sum over examples, and these are to be weighed by their predictions
     */
    public Learner(ModelSpec spec, Device device, ExampleWeighting weighting) {
        this.spec = spec;
        this.weighting = weighting;
        network = new Network(spec, device);
        loss = network.loss();
        batchLoss = spec.architecture().batchLoss().orElse(null);
        if (batchLoss != null && weighting != ExampleWeighting.NONE) {
            network.close();
            throw new IllegalArgumentException(
                    "the loss of "
                            + spec.architecture().type()
                            + " is of the whole batch, so its examples cannot be weighed by their"
                            + " predictions");
        }
        List<String> names = spec.inputShape().fields().stream().map(Field::name).toList();
        fields = names.size();
        item = batchLoss == null ? 0 : names.indexOf(batchLoss.item());
    }

    /**
     * Predicts, then differentiates.
     *
     * @param weights the weights of all keys, as {@link MicroBatch#weightsAt} says
     * @param examples for each key how many examples have updated its row; looked at only if the
     *     architecture has a {@link BatchLoss}
     * @param gradients is overwritten, in the same layout, with the sum over the batch of
     *     importance, times the weight by its prediction, times the gradient of the loss
     * @return B predictions made with these weights: click probabilities or clipped ratings
     * @throws DivergedException when a loss or gradient is not finite; {@code gradients} is then of
     *     no use
     */
    public float[] learn(MicroBatch batch, float[] weights, long[] examples, float[] gradients) {
        requireRoom(batch, weights, "weights");
        requireRoom(batch, gradients, "gradients");
        requireExamples(batch, examples);
        return Network.withGradients(
                true, () -> differentiate(batch, weights, examples, gradients));
    }

    /** Learns with an architecture that has no {@link BatchLoss}. */
    public float[] learn(MicroBatch batch, float[] weights, float[] gradients) {
        return learn(batch, weights, new long[0], gradients);
    }

    /**
     * The same predictions as {@code learn}, without gradients.
     *
     * @throws DivergedException when a logit is not finite
     */
    public float[] predict(MicroBatch batch, float[] weights) {
        requireRoom(batch, weights, "weights");
        return Network.withGradients(
                false,
                () -> {
                    try (NDManager manager = network.manager().newSubManager()) {
                        NDList tensors = tensors(manager, batch, weights);
                        NDArray rows = network.embeddings(manager, batch, weights);
                        return network.predictions(logits(manager, batch, rows, tensors));
                    }
                });
    }

    @Override
    public void close() {
        network.close();
    }

    private float[] differentiate(
            MicroBatch batch, float[] weights, long[] examples, float[] gradients) {
        try (NDManager manager = network.manager().newSubManager()) {
            NDList tensors = tensors(manager, batch, weights);
            NDArray embeddings = network.embeddings(manager, batch, weights);
            tensors.forEach(tensor -> tensor.setRequiresGradient(true));
            embeddings.setRequiresGradient(true);
            DropoutMasks masks = new DropoutMasks(() -> seed(batch, weights));
            Inputs inputs =
                    network.inputs(manager, batch, embeddings, Inputs.Purpose.LEARNING, masks);
            BatchLoss.Pass pass = null;
            if (batchLoss != null) {
                pass = batchLoss.forward(inputs, tensors, candidates(batch, examples));
            }
            NDArray logits = pass == null ? network.logits(inputs, tensors) : pass.logits();

            float[] logitValues = logits.toFloatArray();
            float[] predictions =
                    network.predictions(
                            inputs.hasDropped() ? withoutDropout(inputs, tensors) : logitValues);
            if (pass == null) {
                backward(logits, logitGradient(manager, batch, logitValues));
            } else {
                requireFinite(pass.loss());
                backward(pass.loss(), manager.ones(pass.loss().getShape()));
            }

            boolean finite = copyDenseGradient(batch, tensors, gradients);
            finite &= scatterEmbeddingGradient(batch, embeddings, gradients);
            if (!finite) {
                requireFinite(batch, gradients);
            }
            return predictions;
        }
    }

    private static void backward(NDArray value, NDArray gradient) {
        JniUtils.backward((PtNDArray) value, (PtNDArray) gradient, false, false);
    }

    private BatchItems candidates(MicroBatch batch, long[] examples) {
        return BatchCandidates.of(batch, item, fields, examples);
    }

    /**
     * The seed of a batch at these weights: another one each time it is learned, but the same when
     * it is learned again after a failure, however its keys are spread over shards.
     */
    private long seed(MicroBatch batch, float[] weights) {
        long sum = spec.seed();
        for (int i = 0; i < batch.keys().length; i++) {
            long weight = Float.floatToIntBits(weights[batch.weightsAt()[i]]);
            sum += HashCommon.murmurHash3(HashCommon.murmurHash3(weight) ^ batch.keys()[i]);
        }
        return sum;
    }

    private float[] withoutDropout(Inputs inputs, NDList tensors) {
        return Network.withGradients(
                false, () -> network.logits(inputs.withoutDropout(), tensors).toFloatArray());
    }

    private float[] logits(NDManager manager, MicroBatch batch, NDArray rows, NDList tensors) {
        Inputs inputs = network.inputs(manager, batch, rows, Inputs.Purpose.LEARNING, null);
        return network.logits(inputs, tensors).toFloatArray();
    }

    /** The architecture's tensors, put together from the blocks of the dense vector. */
    private NDList tensors(NDManager manager, MicroBatch batch, float[] weights) {
        int size = network.layout().size();
        FloatBuffer room = nativeDense.room(size);
        int[] keys = batch.denseKeys();
        for (int block = 0; block < keys.length; block++) {
            int at = block * DenseLayout.BLOCK;
            int length = Math.min(DenseLayout.BLOCK, size - at);
            room.put(at, weights, batch.weightsAt()[keys[block]], length);
        }
        return network.tensors(manager, nativeDense);
    }

    private NDArray logitGradient(NDManager manager, MicroBatch batch, float[] logits) {
        float[] labels = batch.labels();
        float[] importances = batch.importances();
        FloatBuffer room = nativeLogits.room(logits.length);
        for (int b = 0; b < logits.length; b++) {
            double weight = importances[b] * weighting.of(labels[b], loss.prediction(logits[b]));
            room.put(b, (float) (weight * loss.derivative(logits[b], labels[b])));
        }
        return nativeLogits.tensor(manager, new Shape(logits.length));
    }

    /**
     * Fills the gradients of all dense blocks, padding included.
     *
     * @return whether they are {@linkplain #isFinite finite} for sure; asked piece by piece, while
     *     the piece is in the processor's cache
     */
    private boolean copyDenseGradient(MicroBatch batch, NDList tensors, float[] gradients) {
        boolean finite = true;
        for (int i = 0; i < tensors.size(); i++) {
            FloatBuffer gradient = gradient(tensors.get(i));
            int length;
            for (int from = 0; from < gradient.capacity(); from += length) {
                int position = network.layout().start(i) + from;
                int inBlock = position % DenseLayout.BLOCK;
                length = Math.min(DenseLayout.BLOCK - inBlock, gradient.capacity() - from);
                int to = denseAt(batch, position / DenseLayout.BLOCK) + inBlock;
                gradient.get(from, gradients, to, length);
                finite &= isFinite(gradients, to, to + length);
            }
        }
        int size = network.layout().size();
        int lastBlock = batch.denseKeys().length - 1;
        int lastAt = denseAt(batch, lastBlock);
        Arrays.fill(
                gradients,
                lastAt + size - lastBlock * DenseLayout.BLOCK,
                lastAt + DenseLayout.BLOCK,
                0f);
        return finite;
    }

    private static int denseAt(MicroBatch batch, int block) {
        return batch.weightsAt()[batch.denseKeys()[block]];
    }

    /**
     * Fills the gradients of all sparse keys, each with the sum over its occurrences.
     *
     * @return whether they are {@linkplain #isFinite finite} for sure
     */
    private boolean scatterEmbeddingGradient(
            MicroBatch batch, NDArray embeddings, float[] gradients) {
        if (network.pooling().width() == 0) {
            return true;
        }
        int[] weightsAt = batch.weightsAt();
        for (int shard = 0; shard < batch.shards(); shard++) {
            int from = weightsAt[batch.keysFrom(shard)];
            Arrays.fill(gradients, from, weightsAt[batch.sparseTo(shard)], 0f);
        }
        network.pooling().scatter(batch, gradient(embeddings), gradients);
        boolean finite = true;
        for (int shard = 0; shard < batch.shards(); shard++) {
            int from = weightsAt[batch.keysFrom(shard)];
            finite &= isFinite(gradients, from, weightsAt[batch.sparseTo(shard)]);
        }
        return finite;
    }

    /** The gradient of a leaf; it lives as long as the leaf's manager. */
    private static FloatBuffer gradient(NDArray leaf) {
        return leaf.getGradient().toByteBuffer(true).asFloatBuffer();
    }

    /**
     * Whether these numbers are finite: never true when one is not, and false for finite ones only
     * when their sum overflows. A sum is finite only when all its terms are, and four at once cost
     * far less than a branch for each number.
     */
    private static boolean isFinite(float[] values, int from, int to) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        int i = from;
        for (; i < to - 3; i += 4) {
            a += values[i];
            b += values[i + 1];
            c += values[i + 2];
            d += values[i + 3];
        }
        for (; i < to; i++) {
            a += values[i];
        }
        return Float.isFinite(a + b + c + d);
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

    private void requireFinite(NDArray batchLoss) {
        float value = batchLoss.getFloat();
        if (!Float.isFinite(value)) {
            throw new DivergedException(
                    "the loss of model "
                            + spec.name()
                            + " is "
                            + value
                            + "; a lower learning rate or clipped inputs would help");
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

    private void requireExamples(MicroBatch batch, long[] examples) {
        if (batchLoss != null && examples.length < batch.keys().length) {
            throw new IllegalArgumentException(
                    "the loss of "
                            + spec.architecture().type()
                            + " asks how many examples have updated each row, but the array of"
                            + " examples holds "
                            + examples.length
                            + " numbers; this micro-batch needs "
                            + batch.keys().length);
        }
    }

    /** The manager under which every batch has its own; for tests that look for leaks. */
    NDManager manager() {
        return network.manager();
    }
}
