package io.millrace.model.parameter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of every optimizer: its paper's formula, restated in double precision. */
class RowOptimizerTest {

    private static final int WIDTH = 5;
    private static final int STEPS = 300;

    /** An optimizer and the same rule as its paper writes it, over a whole gradient sequence. */
    private record Case(RowOptimizer optimizer, Restatement restatement) {
        @Override
        public String toString() {
            return optimizer.toString();
        }
    }

    /** The weights after the gradients (first index: step), from the initial weights. */
    private interface Restatement {
        double[] run(double[] weights, double[][] gradients);
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case(new Sgd(0.05), (w, gs) -> sgd(w, gs, 0.05)),
                new Case(new AdaGrad(0.1, 0, 1e-10), (w, gs) -> adaGrad(w, gs, 0.1, 0, 1e-10)),
                new Case(new AdaGrad(0.1, 0.5, 0), (w, gs) -> adaGrad(w, gs, 0.1, 0.5, 0)),
                new Case(
                        new RowWiseAdaGrad(0.1, 0.25, 1e-8),
                        (w, gs) -> rowWiseAdaGrad(w, gs, 0.1, 0.25, 1e-8)),
                new Case(
                        new Adam(0.01, 0.9, 0.999, 1e-8),
                        (w, gs) -> adam(w, gs, 0.01, 0.9, 0.999, 1e-8, 0)),
                new Case(
                        new Adam(0.02, 0.5, 0.9, 1e-3),
                        (w, gs) -> adam(w, gs, 0.02, 0.5, 0.9, 1e-3, 0)),
                new Case(
                        new AdamW(0.01, 0.9, 0.999, 1e-8, 0.3),
                        (w, gs) -> adam(w, gs, 0.01, 0.9, 0.999, 1e-8, 0.3)),
                new Case(new FtrlProximal(0.1, 1, 0, 0), (w, gs) -> ftrl(w, gs, 0.1, 1, 0, 0)),
                new Case(
                        new FtrlProximal(0.2, 0.5, 0.3, 0.1),
                        (w, gs) -> ftrl(w, gs, 0.2, 0.5, 0.3, 0.1)),
                new Case(
                        new FtrlProximal(0.2, 0, 0.05, 0),
                        (w, gs) -> ftrl(w, gs, 0.2, 0, 0.05, 0)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void followsItsPaper(Case each) {
        for (int seed = 1; seed <= 20; seed++) {
            double[] weights = randomWeights(new Random(seed));
            double[][] gradients = randomGradients(new Random(seed + 1000));

            double[] actual = widen(run(each.optimizer(), weights, gradients));

            assertThat(actual)
                    .containsExactly(each.restatement().run(weights, gradients), within(2e-5));
            assertThat(distance(actual, weights)).as("weights moved").isGreaterThan(0.01);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void doesTheSameAtAnyOffsetAndTouchesNoNeighbour(Case each) {
        RowOptimizer optimizer = each.optimizer();
        int size = WIDTH + optimizer.stateSize(WIDTH);
        Random random = new Random(7);
        float[] alone = new float[size];
        float[] shared = new float[size + 9];
        Arrays.fill(shared, 42f);
        Arrays.fill(shared, 4, 4 + size, 0f);
        for (int i = 0; i < WIDTH; i++) {
            alone[i] = random.nextFloat();
            shared[4 + i] = alone[i];
        }
        for (int step = 0; step < 50; step++) {
            float[] gradient = new float[WIDTH];
            float[] gradients = new float[WIDTH + 5];
            for (int i = 0; i < WIDTH; i++) {
                gradient[i] = (float) random.nextGaussian();
                gradients[3 + i] = gradient[i];
            }
            float[] before = gradients.clone();
            optimizer.update(alone, 0, WIDTH, gradient, 0);
            optimizer.update(shared, 4, WIDTH, gradients, 3);
            assertThat(gradients).isEqualTo(before);
        }

        assertThat(Arrays.copyOfRange(shared, 4, 4 + size)).isEqualTo(alone);
        assertThat(Arrays.copyOfRange(shared, 0, 4)).containsOnly(42f);
        assertThat(Arrays.copyOfRange(shared, 4 + size, shared.length)).containsOnly(42f);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aFirstGradientOfZeroMovesNothing(Case each) {
        RowOptimizer optimizer = each.optimizer();
        float[] row = new float[WIDTH + optimizer.stateSize(WIDTH)];
        Arrays.fill(row, 0, WIDTH, 0.5f);

        optimizer.update(row, 0, WIDTH, new float[WIDTH], 0);

        // AdamW alone shrinks weights without a gradient.
        float kept = optimizer instanceof AdamW ? 0.5f * (1 - 0.01f * 0.3f) : 0.5f;
        for (int i = 0; i < WIDTH; i++) {
            assertThat(row[i]).isEqualTo(kept, within(1e-6f));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isSerializable(Case each) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(each.optimizer());
        }
        try (ObjectInputStream in =
                new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(in.readObject()).isEqualTo(each.optimizer());
        }
    }

    /**
     * Wide rows go another way than narrow ones; for these rules a row is the sum of its weights.
     */
    @Test
    void aWideRowIsUpdatedToTheBitLikeRowsOfOneWeight() {
        int width = 2 * Lanes.LENGTH + 300;
        for (RowOptimizer optimizer : List.of(new Sgd(0.05), new AdaGrad(0.1, 0.25, 1e-10))) {
            int states = optimizer.stateSize(1);
            Random random = new Random(11);
            float[] wide = new float[3 + (1 + states) * width + 3];
            float[][] narrow = new float[width][1 + states];
            for (int i = 0; i < width; i++) {
                narrow[i][0] = random.nextFloat() - 0.5f;
                wide[3 + i] = narrow[i][0];
            }
            float[] gradients = new float[width + 7];
            for (int step = 0; step < 20; step++) {
                for (int i = 0; i < width; i++) {
                    gradients[7 + i] = (float) random.nextGaussian();
                    optimizer.update(narrow[i], 0, 1, gradients, 7 + i);
                }
                optimizer.update(wide, 3, width, gradients, 7);
            }

            for (int i = 0; i < width; i++) {
                assertThat(wide[3 + i]).isEqualTo(narrow[i][0]);
                if (states > 0) {
                    assertThat(wide[3 + width + i]).isEqualTo(narrow[i][1]);
                }
            }
            assertThat(wide).startsWith(0f, 0f, 0f).endsWith(0f, 0f, 0f);
        }
    }

    @Test
    void stateSizes() {
        assertThat(new Sgd(0.1).stateSize(WIDTH)).isZero();
        assertThat(new AdaGrad(0.1, 0, 1e-10).stateSize(WIDTH)).isEqualTo(WIDTH);
        assertThat(new RowWiseAdaGrad(0.1, 0, 1e-10).stateSize(WIDTH)).isEqualTo(1);
        assertThat(new Adam(0.1, 0.9, 0.999, 1e-8).stateSize(WIDTH)).isEqualTo(2 * WIDTH + 1);
        assertThat(new AdamW(0.1, 0.9, 0.999, 1e-8, 0).stateSize(WIDTH)).isEqualTo(2 * WIDTH + 1);
        assertThat(new FtrlProximal(0.1, 1, 0, 0).stateSize(WIDTH)).isEqualTo(2 * WIDTH);
    }

    @Test
    void ftrlSetsWeakWeightsToExactlyZero() {
        FtrlProximal ftrl = new FtrlProximal(0.1, 1, 5, 0);
        float[] row = {0f, 0f, 0f};

        ftrl.update(row, 0, 1, new float[] {1f}, 0);
        assertThat(row[0]).isZero();
        for (int i = 0; i < 20; i++) {
            ftrl.update(row, 0, 1, new float[] {1f}, 0);
        }
        assertThat(row[0]).isNegative();
    }

    @Test
    void ftrlKeepsAnInitialWeightThroughATinyFirstGradient() {
        float[] row = {0.25f, 0f, 0f};

        new FtrlProximal(0.1, 1, 2, 0.5).update(row, 0, 1, new float[] {1e-4f}, 0);

        assertThat(row[0]).isEqualTo(0.25f, within(1e-4f));
        assertThat(row[0]).isLessThan(0.25f);
    }

    @Test
    void ftrlLeavesAWeightWhoseSquaredGradientIsLostInSinglePrecision() {
        float[] row = {0.25f, 0f, 0f};

        new FtrlProximal(0.1, 0, 0, 0).update(row, 0, 1, new float[] {1e-30f}, 0);

        assertThat(row).containsExactly(0.25f, 0f, 0f);
    }

    @Test
    void ftrlSurvivesAGradientWhoseSquareIsBeyondSinglePrecision() {
        float[] row = {0.25f, 0f, 0f};
        FtrlProximal ftrl = new FtrlProximal(0.1, 1, 0, 0);

        for (float gradient : new float[] {1e20f, 1f, -1e20f}) {
            ftrl.update(row, 0, 1, new float[] {gradient}, 0);

            assertThat(row[0]).isFinite();
            assertThat(row[1]).isFinite();
            assertThat(row[2]).isEqualTo(Float.MAX_VALUE);
        }
    }

    @Test
    void refusesHyperparametersThatCannotLearn() {
        assertRefused(() -> new Sgd(0), "learning-rate", "above 0", "0.0");
        assertRefused(() -> new Sgd(Double.NaN), "learning-rate", "NaN");
        assertRefused(() -> new Sgd(Double.POSITIVE_INFINITY), "learning-rate");
        assertRefused(() -> new Sgd(1e-60), "learning-rate", "1.0E-60");
        assertRefused(() -> new AdaGrad(-1, 0, 1e-8), "learning-rate");
        assertRefused(() -> new AdaGrad(1, -1, 1e-8), "initial-accumulator");
        assertRefused(() -> new AdaGrad(1, 0, -1e-8), "epsilon");
        assertRefused(() -> new AdaGrad(1, 0, 0), "must not both be 0");
        assertRefused(() -> new RowWiseAdaGrad(1, 0, 0), "must not both be 0");
        assertRefused(() -> new RowWiseAdaGrad(1, Double.NaN, 1), "initial-accumulator");
        assertRefused(() -> new Adam(1, 1, 0.999, 1e-8), "beta1", "below 1");
        assertRefused(() -> new Adam(1, 0.9, -0.1, 1e-8), "beta2");
        assertRefused(() -> new Adam(1, 0.9, 0.999, 0), "epsilon");
        assertRefused(() -> new AdamW(1, 0.9, 0.999, 1e-8, -1), "weight-decay");
        assertRefused(() -> new AdamW(1, 0.9, 0.999, 1e-8, 1), "learning-rate times weight-decay");
        assertRefused(() -> new FtrlProximal(0, 1, 0, 0), "alpha");
        assertRefused(() -> new FtrlProximal(1, -1, 0, 0), "beta");
        assertRefused(() -> new FtrlProximal(1, 1, -1, 0), "l1");
        assertRefused(() -> new FtrlProximal(1, 1, 0, -1), "l2");
        assertRefused(() -> new FtrlProximal(1e-39, 0, 0, 0), "1 / alpha", "larger alpha");
        assertRefused(() -> new FtrlProximal(1e-10, 1e30, 0, 0), "beta / alpha", "1.0E40");
    }

    private static void assertRefused(Runnable constructor, String... parts) {
        assertThatThrownBy(constructor::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(parts);
    }

    // -- the papers' formulas

    private static double[] sgd(double[] initial, double[][] gradients, double rate) {
        double[] w = initial.clone();
        for (double[] g : gradients) {
            for (int i = 0; i < w.length; i++) {
                w[i] = w[i] - rate * g[i];
            }
        }
        return w;
    }

    private static double[] adaGrad(
            double[] initial, double[][] gradients, double rate, double start, double epsilon) {
        double[] w = initial.clone();
        for (int t = 0; t < gradients.length; t++) {
            for (int i = 0; i < w.length; i++) {
                double sum = start;
                for (int s = 0; s <= t; s++) {
                    sum += gradients[s][i] * gradients[s][i];
                }
                w[i] -= rate * gradients[t][i] / (Math.sqrt(sum) + epsilon);
            }
        }
        return w;
    }

    private static double[] rowWiseAdaGrad(
            double[] initial, double[][] gradients, double rate, double start, double epsilon) {
        double[] w = initial.clone();
        double sum = start;
        for (double[] g : gradients) {
            sum += Arrays.stream(g).map(x -> x * x).average().orElseThrow();
            for (int i = 0; i < w.length; i++) {
                w[i] -= rate * g[i] / (Math.sqrt(sum) + epsilon);
            }
        }
        return w;
    }

    private static double[] adam(
            double[] initial,
            double[][] gradients,
            double alpha,
            double beta1,
            double beta2,
            double epsilon,
            double decay) {
        double[] w = initial.clone();
        double[] m = new double[w.length];
        double[] v = new double[w.length];
        for (int t = 1; t <= gradients.length; t++) {
            double[] g = gradients[t - 1];
            for (int i = 0; i < w.length; i++) {
                w[i] = w[i] - alpha * decay * w[i];
                m[i] = beta1 * m[i] + (1 - beta1) * g[i];
                v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
                double mHat = m[i] / (1 - Math.pow(beta1, t));
                double vHat = v[i] / (1 - Math.pow(beta2, t));
                w[i] = w[i] - alpha * mHat / (Math.sqrt(vHat) + epsilon);
            }
        }
        return w;
    }

    private static double[] ftrl(
            double[] initial, double[][] gradients, double a, double b, double l1, double l2) {
        double[] w = initial.clone();
        double[] z = new double[w.length];
        double[] n = new double[w.length];
        for (int i = 0; i < w.length; i++) {
            z[i] = -w[i] * (b / a + l2) - Math.signum(w[i]) * l1;
        }
        for (double[] g : gradients) {
            for (int i = 0; i < w.length; i++) {
                if (g[i] == 0) {
                    continue;
                }
                double sigma = (Math.sqrt(n[i] + g[i] * g[i]) - Math.sqrt(n[i])) / a;
                z[i] = z[i] + g[i] - sigma * w[i];
                n[i] = n[i] + g[i] * g[i];
                double sign = z[i] < 0 ? -1 : 1;
                w[i] =
                        Math.abs(z[i]) <= l1
                                ? 0
                                : -1 / ((b + Math.sqrt(n[i])) / a + l2) * (z[i] - sign * l1);
            }
        }
        return w;
    }

    // -- inputs

    private static float[] run(RowOptimizer optimizer, double[] weights, double[][] gradients) {
        float[] row = new float[WIDTH + optimizer.stateSize(WIDTH)];
        for (int i = 0; i < WIDTH; i++) {
            row[i] = (float) weights[i];
        }
        for (double[] gradient : gradients) {
            float[] narrow = new float[WIDTH];
            for (int i = 0; i < WIDTH; i++) {
                narrow[i] = (float) gradient[i];
            }
            optimizer.update(row, 0, WIDTH, narrow, 0);
        }
        return Arrays.copyOf(row, WIDTH);
    }

    /** Whole floats, so that both precisions start from the same numbers; one weight is 0. */
    private static double[] randomWeights(Random random) {
        double[] weights = new double[WIDTH];
        for (int i = 1; i < WIDTH; i++) {
            weights[i] = (float) (random.nextDouble() - 0.5);
        }
        return weights;
    }

    /** A drift that differs by weight, noise, and every fifth gradient zero. */
    private static double[][] randomGradients(Random random) {
        double[][] gradients = new double[STEPS][WIDTH];
        for (double[] gradient : gradients) {
            for (int i = 0; i < WIDTH; i++) {
                boolean zero = random.nextInt(5) == 0;
                gradient[i] = zero ? 0 : (float) (0.3 * random.nextGaussian() + 0.05 * (i - 2));
            }
        }
        return gradients;
    }

    private static double[] widen(float[] values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }

    private static double distance(double[] a, double[] b) {
        double squares = 0;
        for (int i = 0; i < a.length; i++) {
            squares += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return Math.sqrt(squares);
    }
}
