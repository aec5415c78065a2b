package io.millrace.model.learn;

import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.DcnV2;
import io.millrace.model.architecture.Dlrm;
import io.millrace.model.architecture.TensorSpec;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.parameter.DenseLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The papers' formulas written down once more, one example at a time, in double precision. */
final class ReferenceNetwork {

    private final ModelSpec spec;
    private final DenseLayout layout;
    private final Map<Long, double[]> rows;
    private final double[] dense;

    /** Reads {@code rows} and {@code dense} at each call: they may change in between. */
    ReferenceNetwork(ModelSpec spec, Map<Long, double[]> rows, double[] dense) {
        this.spec = spec;
        this.layout = new DenseLayout(spec.architecture().tensors(spec.inputShape()));
        this.rows = rows;
        this.dense = dense;
    }

    double logit(Example example) {
        List<double[]> embeddings = embeddings(example);
        double[] numbers = new double[example.numeric().length];
        Arrays.setAll(numbers, i -> example.numeric()[i]);
        return spec.architecture() instanceof DcnV2 dcn
                ? dcn(dcn, embeddings, numbers)
                : dlrm((Dlrm) spec.architecture(), embeddings, numbers);
    }

    private double dcn(DcnV2 options, List<double[]> embeddings, double[] numbers) {
        double[] x0 = new double[0];
        for (double[] embedding : embeddings) {
            x0 = concat(x0, embedding);
        }
        x0 = concat(x0, numbers);
        double[] x = x0;
        for (int layer = 0; layer < options.crossLayers(); layer++) {
            String name = "cross." + layer;
            double[] product =
                    options.rank() == 0
                            ? times(x, name + ".weight")
                            : times(times(x, name + ".v"), name + ".u");
            double[] bias = tensor(name + ".bias");
            double[] next = new double[x.length];
            for (int i = 0; i < x.length; i++) {
                next[i] = x0[i] * (product[i] + bias[i]) + x[i];
            }
            x = next;
        }
        if (options.structure() == DcnV2.Structure.STACKED) {
            return linear(mlp(x, "deep", options.hidden().size()), "output")[0];
        }
        double[] deep =
                options.hidden().isEmpty()
                        ? new double[0]
                        : mlp(x0, "deep", options.hidden().size());
        return linear(concat(x, deep), "output")[0];
    }

    private double dlrm(Dlrm options, List<double[]> embeddings, double[] numbers) {
        List<double[]> vectors = new ArrayList<>();
        double[] x = new double[0];
        if (numbers.length > 0) {
            double[] bottom = mlp(numbers, "bottom", options.bottom().size() + 1);
            vectors.add(bottom);
            x = options.bottomToTop() ? bottom : x;
        }
        vectors.addAll(embeddings);
        for (int i = 0; i < vectors.size(); i++) {
            for (int j = 0; j < i + (options.selfInteraction() ? 1 : 0); j++) {
                x = concat(x, new double[] {dot(vectors.get(i), vectors.get(j))});
            }
        }
        return linear(mlp(x, "top", options.top().size()), "output")[0];
    }

    private List<double[]> embeddings(Example example) {
        List<double[]> embeddings = new ArrayList<>();
        int from = 0;
        for (FeatureSpec feature : spec.features()) {
            if (feature instanceof FeatureSpec.Sparse sparse) {
                int to = example.ends()[embeddings.size()];
                boolean mean =
                        feature instanceof FeatureSpec.CategoricalList list
                                && list.pooling() == FeatureSpec.Pooling.MEAN;
                double[] sum = new double[sparse.dimension()];
                for (int i = from; i < to; i++) {
                    double[] row = Objects.requireNonNull(rows.get(example.keys()[i]));
                    for (int d = 0; d < sum.length; d++) {
                        sum[d] += row[d] / (mean ? to - from : 1);
                    }
                }
                embeddings.add(sum);
                from = to;
            }
        }
        return embeddings;
    }

    private double[] mlp(double[] x, String name, int layers) {
        double[] result = x;
        for (int layer = 0; layer < layers; layer++) {
            result = linear(result, name + "." + layer);
            for (int i = 0; i < result.length; i++) {
                result[i] = Math.max(0, result[i]);
            }
        }
        return result;
    }

    private double[] linear(double[] x, String name) {
        double[] result = times(x, name + ".weight");
        double[] bias = tensor(name + ".bias");
        for (int i = 0; i < result.length; i++) {
            result[i] += bias[i];
        }
        return result;
    }

    private double[] times(double[] x, String name) {
        double[] matrix = tensor(name);
        int columns = matrix.length / x.length;
        double[] result = new double[columns];
        for (int row = 0; row < x.length; row++) {
            for (int column = 0; column < columns; column++) {
                result[column] += x[row] * matrix[row * columns + column];
            }
        }
        return result;
    }

    private double[] tensor(String name) {
        for (int i = 0; i < layout.tensors().size(); i++) {
            TensorSpec tensor = layout.tensors().get(i);
            if (tensor.name().equals(name)) {
                return Arrays.copyOfRange(dense, layout.start(i), layout.start(i + 1));
            }
        }
        throw new IllegalArgumentException("no tensor " + name);
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static double[] concat(double[] a, double[] b) {
        double[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }
}
