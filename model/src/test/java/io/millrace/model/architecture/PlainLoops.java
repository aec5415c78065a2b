package io.millrace.model.architecture;

import java.util.Arrays;

/** Linear algebra and attention in plain loops, to compare networks with; arrays are row by row. */
final class PlainLoops {

    private PlainLoops() {}

    static double[][] product(double[][] a, double[][] b) {
        double[][] product = new double[a.length][b[0].length];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < b[0].length; j++) {
                for (int k = 0; k < b.length; k++) {
                    product[i][j] += a[i][k] * b[k][j];
                }
            }
        }
        return product;
    }

    static double[][] transpose(double[][] a) {
        double[][] transposed = new double[a[0].length][a.length];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a[0].length; j++) {
                transposed[j][i] = a[i][j];
            }
        }
        return transposed;
    }

    static double[][] sum(double[][] a, double[][] b) {
        double[][] sum = new double[a.length][a[0].length];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a[0].length; j++) {
                sum[i][j] = a[i][j] + b[i][j];
            }
        }
        return sum;
    }

    /** x W + b, for each row of x. */
    static double[][] linear(double[][] x, PlainTensors tensors, String name) {
        double[] bias = tensors.vector(name + ".bias");
        double[][] result = product(x, tensors.matrix(name + ".weight"));
        for (double[] row : result) {
            for (int j = 0; j < row.length; j++) {
                row[j] += bias[j];
            }
        }
        return result;
    }

    static double[][] relu(double[][] x) {
        double[][] result = new double[x.length][];
        for (int i = 0; i < x.length; i++) {
            result[i] = Arrays.stream(x[i]).map(value -> Math.max(0, value)).toArray();
        }
        return result;
    }

    static double[][] layerNorm(double[][] x, PlainTensors tensors, String name) {
        double[] gain = tensors.vector(name + ".gain");
        double[] bias = tensors.vector(name + ".bias");
        double[][] result = new double[x.length][x[0].length];
        for (int i = 0; i < x.length; i++) {
            double mean = Arrays.stream(x[i]).average().orElseThrow();
            double variance =
                    Arrays.stream(x[i]).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
            for (int j = 0; j < x[i].length; j++) {
                double normal = (x[i][j] - mean) / Math.sqrt(variance + 1e-5f);
                result[i][j] = gain[j] * normal + bias[j];
            }
        }
        return result;
    }

    /** How much each of the rows of x looks at each, in one head. */
    static double[][] attentionWeights(
            double[][] x, PlainTensors tensors, SelfAttention attention, int head) {
        double[][] query = head(x, tensors, attention, "query", head);
        double[][] key = head(x, tensors, attention, "key", head);
        double[][] weights = product(query, transpose(key));
        double divisor = attention.scale() ? Math.sqrt(attention.dimension()) : 1;
        for (double[] row : weights) {
            double total = 0;
            for (int k = 0; k < row.length; k++) {
                row[k] = Math.exp(row[k] / divisor);
                total += row[k];
            }
            for (int k = 0; k < row.length; k++) {
                row[k] /= total;
            }
        }
        return weights;
    }

    /** All heads side by side, and the residual if there is one. */
    static double[][] attend(double[][] x, PlainTensors tensors, SelfAttention attention) {
        double[][] result = new double[x.length][attention.out()];
        for (int head = 0; head < attention.heads(); head++) {
            double[][] seen =
                    product(
                            attentionWeights(x, tensors, attention, head),
                            head(x, tensors, attention, "value", head));
            for (int m = 0; m < x.length; m++) {
                int at = head * attention.dimension();
                System.arraycopy(seen[m], 0, result[m], at, attention.dimension());
            }
        }
        return attention.residual()
                ? sum(result, product(x, tensors.matrix(attention.name() + ".residual")))
                : result;
    }

    private static double[][] head(
            double[][] x, PlainTensors tensors, SelfAttention attention, String of, int head) {
        double[][] all = product(x, tensors.matrix(attention.name() + "." + of));
        int from = head * attention.dimension();
        double[][] result = new double[x.length][];
        for (int m = 0; m < x.length; m++) {
            result[m] = Arrays.copyOfRange(all[m], from, from + attention.dimension());
        }
        return result;
    }

    /** All rows side by side, as one row. */
    static double[][] sideBySide(double[][] rows) {
        return new double[][] {Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray()};
    }

    /** One row side by side with another. */
    static double[][] sideBySide(double[][] left, double[][] right) {
        return sideBySide(new double[][] {left[0], right[0]});
    }
}
