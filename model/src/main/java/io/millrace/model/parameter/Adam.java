package io.millrace.model.parameter;

/**
 * Adam (Kingma and Ba, Adam: A Method for Stochastic Optimization, ICLR 2015, algorithm 1):
 *
 * <pre>
 * t += 1;  m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g²
 * w -= learningRate (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)
 * </pre>
 *
 * <p>t counts the row's own updates: a row that a micro-batch does not touch neither moves nor
 * decays its moments. State: m, then v, one float a weight each, then t. As a float t stops growing
 * at 2^24, where both bias corrections have long been 1.
 *
 * @param learningRate above 0
 * @param beta1 decay rate of the first moment, in [0, 1)
 * @param beta2 decay rate of the second moment, in [0, 1)
 * @param epsilon keeps the denominator off zero, above 0
 */
public record Adam(double learningRate, double beta1, double beta2, double epsilon)
        implements RowOptimizer {

    public static final String TYPE = "adam";

    public Adam {
        requireValid(learningRate, beta1, beta2, epsilon);
    }

    static void requireValid(double learningRate, double beta1, double beta2, double epsilon) {
        Hyperparameters.requirePositive("learning-rate", learningRate);
        Hyperparameters.requireDecayRate("beta1", beta1);
        Hyperparameters.requireDecayRate("beta2", beta2);
        Hyperparameters.requirePositive("epsilon", epsilon);
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public int stateSize(int width) {
        return 2 * width + 1;
    }

    @Override
    public void update(float[] row, int at, int width, float[] gradient, int gradientAt) {
        step(row, at, width, gradient, gradientAt, learningRate, beta1, beta2, epsilon);
    }

    /** One step of algorithm 1, with both bias corrections folded into rate and denominator. */
    static void step(
            float[] row,
            int at,
            int width,
            float[] gradient,
            int gradientAt,
            double learningRate,
            double beta1,
            double beta2,
            double epsilon) {
        int first = at + width;
        int second = first + width;
        int count = second + width;
        float t = row[count] + 1;
        row[count] = t;
        float rate = (float) (learningRate / (1 - Math.pow(beta1, t)));
        float unbias = (float) (1 / Math.sqrt(1 - Math.pow(beta2, t)));
        float eps = (float) epsilon;
        float keepFirst = (float) beta1;
        float addFirst = (float) (1 - beta1);
        float keepSecond = (float) beta2;
        float addSecond = (float) (1 - beta2);
        for (int i = 0; i < width; i++) {
            float g = gradient[gradientAt + i];
            float m = keepFirst * row[first + i] + addFirst * g;
            float v = keepSecond * row[second + i] + addSecond * g * g;
            row[first + i] = m;
            row[second + i] = v;
            row[at + i] -= rate * m / ((float) Math.sqrt(v) * unbias + eps);
        }
    }
}
