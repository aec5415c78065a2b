package io.millrace.model.parameter;

/**
 * AdaGrad with one accumulator for a whole row, the mean of its squared gradients (Mudigere et al.,
 * Software-Hardware Co-design for Fast and Scalable Training of Deep Learning Recommendation
 * Models, ISCA 2022):
 *
 * <pre>
 * G += mean(g²)
 * w -= learningRate g / (sqrt(initialAccumulator + G) + epsilon)
 * </pre>
 *
 * <p>State: G, one float a row, which nearly halves an embedding row against {@link AdaGrad}.
 *
 * @param learningRate above 0
 * @param initialAccumulator what the sum starts from, 0 or more
 * @param epsilon keeps the denominator off zero, 0 or more; not 0 when the accumulator starts at 0
 */
public record RowWiseAdaGrad(double learningRate, double initialAccumulator, double epsilon)
        implements RowOptimizer {

    public static final String TYPE = "row-wise-adagrad";

    public RowWiseAdaGrad {
        Hyperparameters.requirePositive("learning-rate", learningRate);
        Hyperparameters.requireNotNegative("initial-accumulator", initialAccumulator);
        Hyperparameters.requireNotNegative("epsilon", epsilon);
        AdaGrad.requireDenominator(initialAccumulator, epsilon);
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public int stateSize(int width) {
        return 1;
    }

    @Override
    public void update(float[] row, int at, int width, float[] gradient, int gradientAt) {
        double squares = 0;
        for (int i = 0; i < width; i++) {
            double g = gradient[gradientAt + i];
            squares += g * g;
        }
        float sum = row[at + width] + (float) (squares / width);
        row[at + width] = sum;
        float step = (float) (learningRate / (Math.sqrt(initialAccumulator + sum) + epsilon));
        for (int i = 0; i < width; i++) {
            row[at + i] -= step * gradient[gradientAt + i];
        }
    }
}
