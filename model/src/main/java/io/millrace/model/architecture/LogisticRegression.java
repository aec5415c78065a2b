package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.millrace.model.config.ConfigNode;
import java.util.List;

/**
 * Logistic regression over sparse features: McMahan et al., "Ad Click Prediction: a View from the
 * Trenches", 2013, <a href="https://research.google/pubs/pub41159/">KDD 2013</a>, sec. 2.
 *
 * <p>The logit is w0 + sum of w_i x_i: a weight for each value and each number, and no embeddings.
 * A list's weights are pooled as the list says. With a rating objective it is linear regression on
 * what the objective makes of the logit.
 */
public record LogisticRegression() implements Architecture {

    static final String TYPE = "logistic-regression";

    /** It has no options. */
    static final LogisticRegression DEFAULT = new LogisticRegression();

    /**
     * @param node without keys of its own
     */
    static LogisticRegression read(ConfigNode node) {
        return DEFAULT;
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public InputShape.Field field(InputShape.Field declared) {
        return declared.withoutEmbedding().withWeight();
    }

    @Override
    public List<TensorSpec> tensors(InputShape input) {
        if (input.weights() + input.numeric() == 0) {
            throw new IllegalArgumentException(TYPE + " has no input: declare a feature");
        }
        return new LinearTerm(input).tensors();
    }

    @Override
    public NDArray logits(Inputs inputs, NDList tensors) {
        return new LinearTerm(inputs.shape()).apply(inputs, tensors.iterator());
    }
}
