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
        if (width < Lanes.WIDE) {
            step(row, at, gradient, gradientAt, width);
            return;
        }
        Lanes lanes = Lanes.ofThread();
        for (int done = 0; done < width; done += Lanes.LENGTH) {
            int count = Math.min(Lanes.LENGTH, width - done);
            System.arraycopy(row, at + done, lanes.weights, 0, count);
            System.arraycopy(gradient, gradientAt + done, lanes.gradient, 0, count);
            step(lanes.weights, 0, lanes.gradient, 0, count);
            System.arraycopy(lanes.weights, 0, row, at + done, count);
        }
    }

    private void step(float[] weights, int w, float[] gradient, int g, int count) {
        float rate = (float) learningRate;
        for (int i = 0; i < count; i++) {
            weights[w + i] -= rate * gradient[g + i];
        }
    }
}
