package io.millrace.model.parameter;

/**
 * AdaGrad in its diagonal form (Duchi, Hazan and Singer, Adaptive Subgradient Methods for Online
 * Learning and Stochastic Optimization, JMLR 2011, figure 1):
 *
 * <pre>
 * G += g²
 * w -= learningRate g / (sqrt(initialAccumulator + G) + epsilon)
 * </pre>
 *
 * <p>State: G, one float a weight.
 *
 * @param learningRate above 0
 * @param initialAccumulator what every sum of squares starts from, 0 or more
 * @param epsilon keeps the denominator off zero, 0 or more; not 0 when the accumulator starts at 0
 */
public record AdaGrad(double learningRate, double initialAccumulator, double epsilon)
        implements RowOptimizer {

    public static final String TYPE = "adagrad";

    public AdaGrad {
        Hyperparameters.requirePositive("learning-rate", learningRate);
        Hyperparameters.requireNotNegative("initial-accumulator", initialAccumulator);
        Hyperparameters.requireNotNegative("epsilon", epsilon);
        requireDenominator(initialAccumulator, epsilon);
    }

    /** A weight whose gradients were all 0 must not be divided by 0. */
    static void requireDenominator(double initialAccumulator, double epsilon) {
        if ((float) initialAccumulator == 0 && (float) epsilon == 0) {
            throw new IllegalArgumentException(
                    "initial-accumulator and epsilon must not both be 0 in single precision, since a"
                            + " first gradient of 0 would then be divided by 0.");
        }
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public int stateSize(int width) {
        return width;
    }

    @Override
    public void update(float[] row, int at, int width, float[] gradient, int gradientAt) {
        int sums = at + width;
        if (width < Lanes.WIDE) {
            step(row, at, row, sums, gradient, gradientAt, width);
            return;
        }
        Lanes lanes = Lanes.ofThread();
        for (int done = 0; done < width; done += Lanes.LENGTH) {
            int count = Math.min(Lanes.LENGTH, width - done);
            System.arraycopy(row, at + done, lanes.weights, 0, count);
            System.arraycopy(row, sums + done, lanes.state, 0, count);
            System.arraycopy(gradient, gradientAt + done, lanes.gradient, 0, count);
            step(lanes.weights, 0, lanes.state, 0, lanes.gradient, 0, count);
            System.arraycopy(lanes.weights, 0, row, at + done, count);
            System.arraycopy(lanes.state, 0, row, sums + done, count);
        }
    }

    private void step(
            float[] weights, int w, float[] sums, int s, float[] gradient, int g, int count) {
        float rate = (float) learningRate;
        float initial = (float) initialAccumulator;
        float eps = (float) epsilon;
        for (int i = 0; i < count; i++) {
            float slope = gradient[g + i];
            float sum = sums[s + i] + slope * slope;
            sums[s + i] = sum;
            weights[w + i] -= rate * slope / ((float) Math.sqrt(initial + sum) + eps);
        }
    }
}
