package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.millrace.model.config.ConfigNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Factorization machine of degree 2: Rendle, "Factorization Machines", 2010, <a
 * href="https://doi.org/10.1109/ICDM.2010.127">ICDM 2010</a>.
 *
 * <p>The logit is w0 + sum of w_i x_i + sum over i &lt; j of &lt;v_i, v_j&gt; x_i x_j (eq. 1). The
 * vectors v_i x_i are the embeddings of the sparse features, for which x_i is 1, and for each
 * number x_j its own learned v_j times x_j. A list enters as its pooled vector and weight, so that
 * its own values do not interact with each other. All embeddings have the same dimension D.
 */
public record FactorizationMachine() implements Architecture {

    static final String TYPE = "fm";

    /** It has no options: the dimension is the features'. */
    static final FactorizationMachine DEFAULT = new FactorizationMachine();

    /**
     * @param node without keys of its own
     */
    static FactorizationMachine read(ConfigNode node) {
        return DEFAULT;
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public InputShape.Field field(InputShape.Field declared) {
        return declared.withWeight();
    }

    @Override
    public List<TensorSpec> tensors(InputShape input) {
        List<TensorSpec> tensors = new ArrayList<>(new LinearTerm(input).tensors());
        tensors.addAll(FeatureVectors.of(input, TYPE).tensors());
        return tensors;
    }

    @Override
    public NDArray logits(Inputs inputs, NDList tensors) {
        Iterator<NDArray> next = tensors.iterator();
        NDArray linear = new LinearTerm(inputs.shape()).apply(inputs, next);
        NDArray vectors = FeatureVectors.of(inputs.shape(), TYPE).apply(inputs, next);
        return linear.add(interactions(vectors));
    }

    /**
     * The dot products of all pairs of n vectors [B, n, D], summed to [B]: half of what the square
     * of the vectors' sum has over the sum of their squares, in O(n D) (lemma 3.1).
     */
    static NDArray interactions(NDArray vectors) {
        int[] overVectors = {1};
        NDArray squareOfSum = vectors.sum(overVectors).square();
        NDArray sumOfSquares = vectors.square().sum(overVectors);
        return Scaling.times(squareOfSum.sub(sumOfSquares).sum(new int[] {1}), 0.5);
    }
}
