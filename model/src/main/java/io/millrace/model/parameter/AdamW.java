package io.millrace.model.parameter;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, Decoupled Weight Decay Regularization,
 * ICLR 2019, algorithm 2): the weights shrink by themselves instead of through the gradient,
 *
 * <pre>
 * w -= learningRate weightDecay w, then the step of {@link Adam}
 * </pre>
 *
 * <p>The decay is scaled by the learning rate, as PyTorch does it: the paper's lambda is
 * learningRate weightDecay. A row decays only when it is updated. State as in {@link Adam}.
 *
 * @param learningRate above 0
 * @param beta1 decay rate of the first moment, in [0, 1)
 * @param beta2 decay rate of the second moment, in [0, 1)
 * @param epsilon keeps the denominator off zero, above 0
 * @param weightDecay 0 or more
 */
public record AdamW(
        double learningRate, double beta1, double beta2, double epsilon, double weightDecay)
        implements RowOptimizer {

    public static final String TYPE = "adamw";

    public AdamW {
        Adam.requireValid(learningRate, beta1, beta2, epsilon);
        Hyperparameters.requireNotNegative("weight-decay", weightDecay);
        if (learningRate * weightDecay >= 1) {
            throw new IllegalArgumentException(
                    "learning-rate times weight-decay must be below 1, since one update would"
                            + " otherwise wipe out the weights, but is "
                            + learningRate * weightDecay
                            + ".");
        }
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
        float keep = (float) (1 - learningRate * weightDecay);
        for (int i = at; i < at + width; i++) {
            row[i] *= keep;
        }
        Adam.step(row, at, width, gradient, gradientAt, learningRate, beta1, beta2, epsilon);
    }
}
