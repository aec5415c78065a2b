package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import java.util.Iterator;
import java.util.List;

/**
 * All features as vectors of one dimension, [B, F + N, D]: the embeddings, then for each number x
 * its own learned vector v times x, as in Song et al., "AutoInt", 2019, eq. 4.
 *
 * @param input whose embeddings have one dimension
 * @param dimension D
 */
record FeatureVectors(InputShape input, int dimension) {

    /**
     * @param user the architecture, to be named in the error
     * @throws IllegalArgumentException when the embeddings are not of one dimension
     */
    static FeatureVectors of(InputShape input, String user) {
        return new FeatureVectors(input, input.commonDimension(user));
    }

    /** F + N. */
    int count() {
        return input.fields().size() + input.numeric();
    }

    List<TensorSpec> tensors() {
        return input.numeric() == 0
                ? List.of()
                : List.of(TensorSpec.matrix("numeric.vectors", input.numeric(), dimension));
    }

    /** Takes its tensor, if it has one, from the iterator. */
    NDArray apply(Inputs inputs, Iterator<NDArray> tensors) {
        if (input.numeric() == 0) {
            return inputs.vectors();
        }
        NDArray numbers = inputs.numeric().expandDims(2).mul(tensors.next());
        return inputs.vectors().concat(numbers, 1);
    }
}
