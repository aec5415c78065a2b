package io.millrace.model.parameter;

/**
 * FTRL-Proximal with a learning rate for each weight (McMahan et al., Ad Click Prediction: a View
 * from the Trenches, KDD 2013, algorithm 1):
 *
 * <pre>
 * sigma = (sqrt(n + g²) - sqrt(n)) / alpha;  z += g - sigma w;  n += g²
 * w = 0 where |z| &lt;= l1, else -(z - sign(z) l1) / ((beta + sqrt(n)) / alpha + l2)
 * </pre>
 *
 * <p>The paper starts every weight at 0, which z = n = 0 stands for. Embeddings cannot start there
 * (a product of zeros has no gradient), so a weight that was never updated, n = 0, takes the z for
 * which the closed form gives its initial weight back:
 *
 * <pre>
 * z = -w ((beta / alpha) + l2) - sign(w) l1
 * </pre>
 *
 * <p>That is z = 0 for w = 0, the paper's own start; and with l1 = l2 = 0 the rule stays AdaGrad
 * from w, as it is in the paper from 0. A weight whose gradient is 0 is left as it is, which is
 * what the formulas do too; so is one whose squared gradient is too small for single precision.
 *
 * <p>State: z, then n, one float a weight each.
 *
 * @param alpha scale of the learning rate, above 0
 * @param beta damps the first steps, 0 or more
 * @param l1 strength of the pull to exactly 0, 0 or more
 * @param l2 strength of the ridge, 0 or more
 */
public record FtrlProximal(double alpha, double beta, double l1, double l2)
        implements RowOptimizer {

    public static final String TYPE = "ftrl";

    public FtrlProximal {
        Hyperparameters.requirePositive("alpha", alpha);
        Hyperparameters.requireNotNegative("beta", beta);
        Hyperparameters.requireNotNegative("l1", l1);
        Hyperparameters.requireNotNegative("l2", l2);
        // An infinite one would make a weight of 0 no number.
        requireFinite("1 / alpha", 1 / alpha);
        requireFinite("beta / alpha + l2", beta / alpha + l2);
    }

    private static void requireFinite(String what, double value) {
        if (Float.isInfinite((float) value)) {
            throw new IllegalArgumentException(
                    what
                            + " is too large for single precision, "
                            + value
                            + ": choose a larger alpha, or a smaller beta and l2.");
        }
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public int stateSize(int width) {
        return 2 * width;
    }

    @Override
    public void update(float[] row, int at, int width, float[] gradient, int gradientAt) {
        float perAlpha = (float) (1 / alpha);
        float atRest = (float) (beta / alpha + l2);
        float threshold = (float) l1;
        int zs = at + width;
        int ns = zs + width;
        for (int i = 0; i < width; i++) {
            float g = gradient[gradientAt + i];
            float square = g * g;
            if (square == 0) {
                continue;
            }
            float w = row[at + i];
            float n = row[ns + i];
            float z = n == 0 ? -w * atRest - Math.signum(w) * threshold : row[zs + i];
            float sum = Math.min(n + square, Float.MAX_VALUE);
            float root = (float) Math.sqrt(sum);
            z += g - (root - (float) Math.sqrt(n)) * perAlpha * w;
            float beyond = Math.abs(z) - threshold;
            row[at + i] = beyond <= 0 ? 0 : -Math.copySign(beyond, z) / (root * perAlpha + atRest);
            row[zs + i] = z;
            row[ns + i] = sum;
        }
    }
}
