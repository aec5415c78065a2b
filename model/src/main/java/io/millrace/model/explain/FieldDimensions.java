package io.millrace.model.explain;

/**
 * The dimension that a field needs: the least number of principal components that keep a given
 * share of the variance of its values' embeddings. This is the field-level dimension optimization
 * of Wang et al., "Towards Deeper, Lighter and Interpretable Cross Network for CTR Prediction",
 * 2023, <a href="https://arxiv.org/abs/2311.04635">arXiv 2311.04635</a>: train with one dimension
 * for all fields, then again with these.
 *
 * <p>Embeddings are added one by one, so that a field's table need not be in memory: only their
 * weighted mean [D] and the sums of products of their deviations from it [D, D] are kept (West,
 * "Updating Mean and Variance Estimates", 1979).
 *
 * <p>Not safe for several threads.
 */
public final class FieldDimensions {

    /** The share of the variance below which an eigenvalue may be a rounding error. */
    private static final double ROUNDING = 1e-12;

    private final double[] mean;
    private final double[] deviation;
    private final double[][] products;
    private double totalWeight;

    /**
     * For embeddings of one dimension, D.
     *
     * @throws IllegalArgumentException when it is less than 1
     */
    public FieldDimensions(int dimension) {
        if (dimension < 1) {
            throw new IllegalArgumentException(
                    "the dimension is " + dimension + "; an embedding has at least 1");
        }
        mean = new double[dimension];
        deviation = new double[dimension];
        products = new double[dimension][dimension];
    }

    /** D, the dimension of the embeddings. */
    public int dimension() {
        return mean.length;
    }

    /** Adds a value's embedding, whose D numbers start at {@code from}; each value counts alike. */
    public void add(float[] weights, int from) {
        add(weights, from, 1);
    }

    /**
     * Adds a value's embedding.
     *
     * @param weights in which its D numbers start at {@code from}
     * @param importance how much the value counts, e.g. how often it occurred
     * @throws IllegalArgumentException when the importance or a number is not finite, or the
     *     importance is negative
     */
    public void add(float[] weights, int from, double importance) {
        if (!(importance >= 0 && importance < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "a value's importance is " + importance + "; it is finite and at least 0");
        }
        requireFinite(weights, from);
        if (importance == 0) {
            return;
        }
        totalWeight += importance;
        double step = importance / totalWeight;
        for (int i = 0; i < mean.length; i++) {
            deviation[i] = weights[from + i] - mean[i];
            mean[i] += step * deviation[i];
        }
        double scale = importance * (1 - step);
        for (int i = 0; i < mean.length; i++) {
            for (int j = 0; j <= i; j++) {
                products[i][j] += scale * deviation[i] * deviation[j];
            }
        }
    }

    private void requireFinite(float[] weights, int from) {
        for (int i = 0; i < mean.length; i++) {
            if (!Float.isFinite(weights[from + i])) {
                throw new IllegalArgumentException(
                        "number " + i + " of an embedding is " + weights[from + i]);
            }
        }
    }

    /**
     * The variance along each principal component, the largest first: the D eigenvalues of the
     * covariance of the embeddings. All are 0 when there are fewer than two different ones.
     */
    public double[] variances() {
        double[][] covariance = new double[mean.length][mean.length];
        for (int i = 0; i < mean.length && totalWeight > 0; i++) {
            for (int j = 0; j <= i; j++) {
                covariance[i][j] = products[i][j] / totalWeight;
                covariance[j][i] = covariance[i][j];
            }
        }
        double[] ascending = SymmetricEigenvalues.ascending(covariance);
        double[] variances = new double[ascending.length];
        for (int i = 0; i < variances.length; i++) {
            variances[i] = Math.max(0, ascending[ascending.length - 1 - i]);
        }
        return variances;
    }

    /**
     * The least dimension, from 1 to D, whose principal components keep this share of the variance;
     * 1 when there is none to keep.
     *
     * @throws IllegalArgumentException when the share is not above 0 and at most 1
     */
    public int keeping(double share) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException(
                    "the share of the variance is " + share + "; it is above 0 and at most 1");
        }
        double[] variances = variances();
        double total = 0;
        for (double variance : variances) {
            total += variance;
        }
        double wanted = (share - ROUNDING) * total;
        double kept = variances[0];
        int dimension = 1;
        while (kept < wanted && dimension < variances.length) {
            kept += variances[dimension++];
        }
        return dimension;
    }
}
