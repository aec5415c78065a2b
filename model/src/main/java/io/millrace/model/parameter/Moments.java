package io.millrace.model.parameter;

/**
 * How the row of a number's running moments learns: it is no optimizer of a loss, but merges the
 * moments of a micro-batch into those so far. Its weights are mean and variance (the mean of
 * squared deviations), and its count of examples is that of the row.
 *
 * <p>Chan, Golub and LeVeque, Updating Formulae and a Pairwise Algorithm for Computing Sample
 * Variances, 1979, eq. 2.1, for n and m values:
 *
 * <pre>
 * delta    = mean_m - mean_n
 * mean     = mean_n + delta m / (n + m)
 * variance = (n variance_n + m variance_m + delta² n m / (n + m)) / (n + m)
 * </pre>
 *
 * <p>State: what single precision cuts off of either, so that many small steps are not lost.
 */
public record Moments() implements RowOptimizer {

    /** Mean and variance. */
    public static final int WIDTH = 2;

    /** A number that does not vary is not divided by less. */
    public static final double LEAST_DEVIATION = 1e-6;

    /** Standardized numbers are cut off here: the first values have next to no deviation yet. */
    public static final float LARGEST = 10;

    @Override
    public String type() {
        return "moments";
    }

    @Override
    public int stateSize(int width) {
        return width;
    }

    /** Does not apply: {@link #merge} does. */
    @Override
    public void update(float[] row, int at, int width, float[] gradient, int gradientAt) {
        throw new UnsupportedOperationException("moments are merged with a count");
    }

    /**
     * @param row mean, variance and what was cut off of them, from {@code at}
     * @param before values that these moments are of; if 0, they have no meaning
     * @param batch mean and variance of more values, from {@code batchAt}
     * @param more how many they are
     */
    static void merge(float[] row, int at, long before, float[] batch, int batchAt, int more) {
        double mean = before == 0 ? 0 : (double) row[at] + row[at + WIDTH];
        double variance = before == 0 ? 0 : (double) row[at + 1] + row[at + WIDTH + 1];
        double all = (double) before + more;
        double delta = batch[batchAt] - mean;
        double merged =
                (before * variance
                                + more * (double) batch[batchAt + 1]
                                + delta * delta * before * more / all)
                        / all;
        set(row, at, before == 0 ? batch[batchAt] : mean + delta * more / all);
        set(row, at + 1, merged);
    }

    /** A value less the mean, by the deviation; 0 for a missing one, which is not a number. */
    public static float standardize(float value, float mean, float variance) {
        if (Float.isNaN(value)) {
            return 0;
        }
        double deviation = Math.max(LEAST_DEVIATION, Math.sqrt(variance));
        double standardized = ((double) value - mean) / deviation;
        return (float) Math.max(-LARGEST, Math.min(LARGEST, standardized));
    }

    private static void set(float[] row, int at, double value) {
        row[at] = (float) value;
        row[at + WIDTH] = (float) (value - row[at]);
    }
}
