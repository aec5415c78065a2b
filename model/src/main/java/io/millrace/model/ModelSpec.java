package io.millrace.model;

import io.millrace.model.architecture.Architecture;
import io.millrace.model.architecture.InputShape;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.RowOptimizer;
import io.millrace.model.stream.StreamSpec;
import java.io.Serializable;
import java.util.List;

/**
 * The immutable definition of a model: all that decides what its parameters are and how they learn.
 * It is the part of the pipeline file that a version's manifest carries.
 *
 * @param name the model's name; also its folder in the version storage and its key on {@code
 *     models}
 * @param objective what a logit means and how it is penalised
 * @param features in the order of the file; a feature's position decides its parameter slot
 * @param architecture the network between embeddings and logit
 * @param embeddingOptimizer updates embedding rows
 * @param denseOptimizer updates the network's tensors
 * @param seed initial weights are a function of this seed and the parameter's key
 * @param stream what is known of a key from the events before; features read it as fields
 */
public record ModelSpec(
        String name,
        Objective objective,
        List<FeatureSpec> features,
        Architecture architecture,
        RowOptimizer embeddingOptimizer,
        RowOptimizer denseOptimizer,
        long seed,
        StreamSpec stream)
        implements Serializable {

    /** Without stream features and profiles. */
    public ModelSpec(
            String name,
            Objective objective,
            List<FeatureSpec> features,
            Architecture architecture,
            RowOptimizer embeddingOptimizer,
            RowOptimizer denseOptimizer,
            long seed) {
        this(
                name,
                objective,
                features,
                architecture,
                embeddingOptimizer,
                denseOptimizer,
                seed,
                StreamSpec.NONE);
    }

    public ModelSpec {
        features = List.copyOf(features);
    }

    /** The same model, begun with other weights. */
    public ModelSpec withSeed(long newSeed) {
        return new ModelSpec(
                name,
                objective,
                features,
                architecture,
                embeddingOptimizer,
                denseOptimizer,
                newSeed,
                stream);
    }

    /**
     * The input that these features make for the architecture.
     *
     * @throws IllegalArgumentException when the architecture has no use for one of them
     */
    public InputShape inputShape() {
        return InputShape.of(features, architecture);
    }
}
