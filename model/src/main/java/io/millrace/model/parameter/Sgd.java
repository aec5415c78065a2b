package io.millrace.model.parameter;

/**
 * Stochastic gradient descent, w -= learningRate g (Robbins and Monro, A Stochastic Approximation
 * Method, 1951). Keeps no state.
 *
 * @param learningRate above 0
 */
public record Sgd(double learningRate) implements RowOptimizer {

    public static final String TYPE = "sgd";

    public Sgd {
        Hyperparameters.requirePositive("learning-rate", learningRate);
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public int stateSize(int width) {
        return 0;
    }

    @Override
    public void update(float[] row, int at, int width, float[] gradient, int gradientAt) {
        float rate = (float) learningRate;
        for (int i = 0; i < width; i++) {
            row[at + i] -= rate * gradient[gradientAt + i];
        }
    }
}
