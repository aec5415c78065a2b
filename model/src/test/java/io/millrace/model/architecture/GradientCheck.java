package io.millrace.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;

/**
 * Automatic gradients of a weighted sum of logits, or of a batch's loss, against central
 * differences, in double precision: for everything that is learned, a random direction over all of
 * its numbers, and some of the numbers one by one.
 */
final class GradientCheck {

    private static final double STEP = 1e-6;
    private static final double TOLERANCE = 1e-6;

    /** What a difference of two sums loses of their digits. */
    private static final double ROUNDING = 1e-9;

    /** No gradient is as small, but for rounding. */
    private static final double IDLE = 1e-6;

    private static final int ONE_BY_ONE = 10;

    private final NetworkPass pass;
    private final Set<String> idle;
    private final double[] byLogit;

    /**
     * @param pass of double precision, filled
     * @param idle names of what has no gradient
     */
    GradientCheck(NetworkPass pass, Set<String> idle) {
        this.pass = pass;
        this.idle = idle;
        byLogit = new Random(2).doubles(pass.size(), -1, 2).toArray();
    }

    void run() {
        Map<String, double[]> gradients =
                pass.hasBatchLoss() ? pass.batchLossGradients() : pass.gradients(byLogit);
        assertThat(gradients.keySet()).isEqualTo(pass.learned().keySet());
        gradients.forEach(
                (name, gradient) ->
                        check(name, Objects.requireNonNull(pass.learned().get(name)), gradient));
    }

    private void check(String name, double[] values, double[] gradient) {
        double largest = Arrays.stream(gradient).map(Math::abs).max().orElseThrow();
        assertThat(largest > IDLE)
                .as("whether the gradient of %s, %s, moves it", name, largest)
                .isNotEqualTo(idle.contains(name));

        for (int probe = 0; probe < Math.min(ONE_BY_ONE, values.length); probe++) {
            double[] direction = new double[values.length];
            int at = (int) ((long) probe * values.length / Math.min(ONE_BY_ONE, values.length));
            direction[at] = 1;
            compare(name + "[" + at + "]", values, direction, gradient, largest);
        }
        Random random = new Random(9);
        double[] direction = new double[values.length];
        double length = Math.sqrt(values.length);
        Arrays.setAll(direction, i -> (random.nextBoolean() ? 1 : -1) / length);
        compare(name, values, direction, gradient, largest * length);
    }

    private void compare(
            String what, double[] values, double[] direction, double[] gradient, double scale) {
        double[] before = values.clone();
        Arrays.setAll(values, i -> before[i] + STEP * direction[i]);
        double above = sum();
        Arrays.setAll(values, i -> before[i] - STEP * direction[i]);
        double below = sum();
        System.arraycopy(before, 0, values, 0, values.length);

        double expected = (above - below) / (2 * STEP);
        double automatic = dot(gradient, direction);
        assertThat(automatic)
                .as("gradient of %s", what)
                .isCloseTo(expected, within(TOLERANCE * scale + ROUNDING * (1 + Math.abs(above))));
    }

    private double sum() {
        return pass.hasBatchLoss() ? pass.batchLoss() : dot(pass.logits(null), byLogit);
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
