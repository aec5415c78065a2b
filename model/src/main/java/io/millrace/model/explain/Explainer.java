package io.millrace.model.explain;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.AutoInt;
import io.millrace.model.architecture.Gdcn;
import io.millrace.model.architecture.InputShape;
import io.millrace.model.architecture.Inputs;
import io.millrace.model.example.Example;
import io.millrace.model.learn.Predictor;
import io.millrace.model.learn.WeightLookup;
import io.millrace.model.parameter.DenseLayout;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.version.VersionChain;
import io.millrace.model.version.VersionStorage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;

/** Says what a version of a model has learned about pairs of its features. */
public final class Explainer {

    /** Examples to draw when there are no real ones. */
    private static final int DRAWN = 10_000;

    private static final int BATCH = 256;

    private final VersionRows rows;
    private final ModelSpec spec;
    private final InputShape input;
    private final Measure measure;

    /**
     * @throws NothingToDrawException when the architecture has no pairs to draw
     */
    public Explainer(VersionStorage storage, VersionChain chain) throws IOException {
        rows = new VersionRows(storage, chain);
        spec = rows.spec();
        input = spec.inputShape();
        measure = Measure.of(spec.architecture());
    }

    public ModelSpec spec() {
        return spec;
    }

    public Measure measure() {
        return measure;
    }

    /**
     * @param examples real ones, made for the version's specification; none where there are none
     *     and the measure does not need them
     * @param perWeight whether norms of weights are divided by the square root of how many weights
     *     there are
     * @throws IllegalArgumentException when the measure needs examples
     * @throws NothingToDrawException when this model has no pairs to draw
     */
    public Explanation explain(List<Example> examples, boolean perWeight) throws IOException {
        if (measure.needsExamples() && examples.isEmpty()) {
            throw new IllegalArgumentException(
                    "what "
                            + spec.architecture().type()
                            + " does depends on the example: name some");
        }
        return switch (measure) {
            case CROSS_WEIGHTS -> ofCrossWeights(spec, rows.weights(), perWeight);
            case INTERACTION -> interaction(examples);
            case ATTENTION -> attention(examples);
            case GATED_CROSS_WEIGHTS -> gatedCrossWeights(examples, perWeight);
        };
    }

    /**
     * What the cross weights of a network say that is no version.
     *
     * @param spec of a model whose {@link Measure} is {@link Measure#CROSS_WEIGHTS}
     * @param dense the whole dense vector in the order of {@code DenseLayout}, without padding
     * @throws NothingToDrawException when there is no cross layer
     */
    public static Explanation ofCrossWeights(ModelSpec spec, float[] dense, boolean perWeight) {
        DenseLayout layout = new ParameterLayout(spec).dense();
        return ofCrossWeights(spec, new Weights(layout, dense), perWeight);
    }

    private Explanation gatedCrossWeights(List<Example> examples, boolean perWeight)
            throws IOException {
        Gdcn network = (Gdcn) spec.architecture();
        requireLayers(network.crossLayers(), spec);
        List<FeatureSpan> features = FeatureSpan.of(input);
        CrossWeights weights = new CrossWeights(rows.weights(), features, perWeight);
        double[][] gates = means(examples, new Gates(network)::sums);
        List<PairStrengths.Layer> layers = new ArrayList<>();
        for (int layer = 0; layer < gates.length; layer++) {
            double[] open = gates[layer];
            layers.add(weights.layer(layer, column -> open[column]));
        }
        List<String> names = FeatureSpan.names(features);
        return new Explanation(
                measure,
                new Explanation.Evidence.Examples(examples.size()),
                new PairStrengths(names, layers),
                new Explanation.Gates(
                        layers.stream().map(PairStrengths.Layer::name).toList(),
                        names,
                        Gates.byFeature(gates, features)));
    }

    private Explanation attention(List<Example> examples) throws IOException {
        Attention attention = new Attention((AutoInt) spec.architecture(), input);
        double[][] means = means(examples, attention::sums);
        return new Explanation(
                measure,
                new Explanation.Evidence.Examples(examples.size()),
                new PairStrengths(attention.names(), attention.layers(means)),
                null);
    }

    private static Explanation ofCrossWeights(ModelSpec spec, Weights weights, boolean perWeight) {
        List<FeatureSpan> features = FeatureSpan.of(spec.inputShape());
        List<PairStrengths.Layer> layers = new CrossWeights(weights, features, perWeight).layers();
        requireLayers(layers.size(), spec);
        return new Explanation(
                Measure.CROSS_WEIGHTS,
                new Explanation.Evidence.Weights(),
                new PairStrengths(FeatureSpan.names(features), layers),
                null);
    }

    private static void requireLayers(int layers, ModelSpec spec) {
        if (layers == 0) {
            throw new NothingToDrawException(
                    "the model "
                            + spec.name()
                            + " has no cross layer, so there is nothing to draw");
        }
    }

    private Explanation interaction(List<Example> real) throws IOException {
        boolean isReal = !real.isEmpty();
        List<Example> examples = isReal ? real : rows.draw(DRAWN, spec.seed());
        Interactions interactions = new Interactions(spec.architecture(), input);
        double[][] means = means(examples, interactions::sums);
        if (!interactions.hasSelf()) {
            for (int i = 0; i < means.length; i++) {
                means[i][i] = Double.NaN;
            }
        }
        // Vectors of numbers come last; drawn examples have none that mean something.
        List<String> names = interactions.names();
        int size = isReal ? names.size() : input.fields().size();
        double[][] kept =
                Arrays.stream(means)
                        .limit(size)
                        .map(row -> Arrays.copyOf(row, size))
                        .toArray(double[][]::new);
        List<String> numbers = input.numbers().stream().map(InputShape.Numbers::name).toList();
        return new Explanation(
                measure,
                isReal
                        ? new Explanation.Evidence.Examples(examples.size())
                        : new Explanation.Evidence.DrawnRows(examples.size(), numbers),
                new PairStrengths(
                        names.subList(0, size),
                        List.of(new PairStrengths.Layer("interaction", kept))),
                null);
    }

    /**
     * The mean over examples of a matrix.
     *
     * @param sums the matrix summed over a batch, [n, m]
     */
    private double[][] means(List<Example> examples, BiFunction<Inputs, NDList, NDArray> sums)
            throws IOException {
        Weights weights = rows.weights();
        WeightLookup lookup = rows.rowsOf(examples);
        double[][] means = new double[0][];
        try (Predictor predictor = new Predictor(spec, Device.cpu())) {
            predictor.load(weights.dense());
            for (int from = 0; from < examples.size(); from += BATCH) {
                List<Example> batch =
                        examples.subList(from, Math.min(examples.size(), from + BATCH));
                double[][] sum = predictor.observe(batch, lookup, sums.andThen(Explainer::matrix));
                means = from == 0 ? new double[sum.length][sum[0].length] : means;
                for (int i = 0; i < sum.length; i++) {
                    for (int j = 0; j < sum[i].length; j++) {
                        means[i][j] += sum[i][j] / examples.size();
                    }
                }
            }
        }
        return means;
    }

    private static double[][] matrix(NDArray array) {
        int columns = (int) array.getShape().get(1);
        float[] values = array.toFloatArray();
        double[][] matrix = new double[values.length / columns][columns];
        for (int i = 0; i < values.length; i++) {
            matrix[i / columns][i % columns] = values[i];
        }
        return matrix;
    }
}
