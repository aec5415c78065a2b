package io.millrace.model.learn;

import ai.djl.Device;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.Inputs;
import io.millrace.model.example.Example;
import io.millrace.model.parameter.ParameterLayout;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Predicts with fixed dense weights, for serving: the dense vector is loaded once and stays on the
 * device, embeddings are looked up. Confined to one thread.
 */
public final class Predictor implements AutoCloseable {

    private final Network network;
    private final PredictionInput input;
    private final NativeFloats nativeDense = new NativeFloats();
    private @Nullable NDManager denseManager;
    private NDList tensors = new NDList();

    public Predictor(ModelSpec spec, Device device) {
        network = new Network(spec, device);
        input = new PredictionInput(network.pooling(), new ParameterLayout(spec));
    }

    /**
     * Takes the dense weights, in place of any it had.
     *
     * @param dense the whole dense vector in the order of {@code DenseLayout}, without padding
     * @throws IllegalArgumentException when its length is not the layout's
     */
    public void load(float[] dense) {
        int size = network.layout().size();
        if (dense.length != size) {
            throw new IllegalArgumentException(
                    "the dense vector holds "
                            + dense.length
                            + " weights; this model's architecture has "
                            + size);
        }
        if (denseManager != null) {
            denseManager.close();
        }
        denseManager = network.manager().newSubManager();
        nativeDense.room(size).put(0, dense, 0, size);
        tensors = network.tensors(denseManager, nativeDense);
    }

    /**
     * Predicts each example; labels and weights are not looked at.
     *
     * @return click probabilities or clipped ratings, in the order of the examples
     * @throws IllegalStateException before {@link #load}
     * @throws DivergedException when a logit is not finite
     */
    public float[] predict(List<Example> examples, WeightLookup lookup) {
        requireLoaded();
        if (examples.isEmpty()) {
            return new float[0];
        }
        return observe(
                examples,
                lookup,
                (inputs, dense) ->
                        network.predictions(network.logits(inputs, dense).toFloatArray()));
    }

    /**
     * Computes something else of the network's inputs than its logits.
     *
     * @param examples at least one
     * @param observer is given the inputs and the architecture's tensors; they, and what is
     *     computed of them, are gone when it returns
     * @throws IllegalStateException before {@link #load}
     */
    public <T> T observe(
            List<Example> examples, WeightLookup lookup, BiFunction<Inputs, NDList, T> observer) {
        requireLoaded();
        network.requireNumbers(examples.get(0).numeric().length);
        input.fill(examples, lookup);
        return Network.withGradients(false, () -> forward(observer));
    }

    @Override
    public void close() {
        network.close();
    }

    private void requireLoaded() {
        if (denseManager == null) {
            throw new IllegalStateException("load the dense weights before predicting");
        }
    }

    private <T> T forward(BiFunction<Inputs, NDList, T> observer) {
        try (NDManager manager = network.manager().newSubManager()) {
            // Lent to the batch: a view of a weight would otherwise stay with the weights for good.
            manager.tempAttachAll(tensors);
            Inputs inputs = network.inputs(manager, input, Inputs.Purpose.SERVING);
            return observer.apply(inputs, tensors);
        }
    }

    /** Number of tensors that outlive a call. */
    int heldArrays() {
        int dense = denseManager == null ? 0 : denseManager.getManagedArrays().size();
        return dense + network.manager().getManagedArrays().size();
    }
}
