package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.millrace.model.config.ConfigNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * DeepFM: Guo et al., "DeepFM: A Factorization-Machine based Neural Network for CTR Prediction",
 * 2017, <a href="https://arxiv.org/abs/1703.04247">arXiv 1703.04247</a>.
 *
 * <p>The logit is y_FM + y_DNN (eq. 1): that of a {@link FactorizationMachine}, and that of a deep
 * network which is fed the same (F + N) vectors side by side, a number x among them as its learned
 * vector times x (eq. 3 and 4). All embeddings have the same dimension D.
 *
 * @param hidden widths of the deep network's layers; may be empty
 * @param dropout after each layer of the deep network
 */
public record DeepFm(List<Integer> hidden, double dropout) implements Architecture {

    static final String TYPE = "deepfm";

    /** Two layers of 64 and 32; the paper has three of 400, and drops out half. */
    static final DeepFm DEFAULT = new DeepFm(List.of(64, 32), 0);

    public DeepFm {
        hidden = OptionChecks.widths("the deep network", hidden);
        dropout = OptionChecks.dropout(dropout);
    }

    static DeepFm read(ConfigNode node) {
        return new DeepFm(
                node.integers("hidden", DEFAULT.hidden), node.number("dropout", DEFAULT.dropout));
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
        FeatureVectors vectors = vectors(input);
        tensors.addAll(vectors.tensors());
        tensors.addAll(deep(vectors).tensors());
        tensors.add(TensorSpec.matrix("output.weight", deep(vectors).out(), 1));
        return tensors;
    }

    @Override
    public NDArray logits(Inputs inputs, NDList tensors) {
        Iterator<NDArray> next = tensors.iterator();
        NDArray linear = new LinearTerm(inputs.shape()).apply(inputs, next);
        FeatureVectors shape = vectors(inputs.shape());
        NDArray vectors = shape.apply(inputs, next);
        NDArray machine = linear.add(FactorizationMachine.interactions(vectors));
        Mlp network = deep(shape);
        NDArray deep = network.apply(vectors.reshape(-1, network.in()), next, inputs);
        return machine.add(deep.matMul(next.next()).reshape(-1));
    }

    private static FeatureVectors vectors(InputShape input) {
        return FeatureVectors.of(input, TYPE);
    }

    private Mlp deep(FeatureVectors vectors) {
        return new Mlp("deep", vectors.count() * vectors.dimension(), hidden, dropout);
    }
}
