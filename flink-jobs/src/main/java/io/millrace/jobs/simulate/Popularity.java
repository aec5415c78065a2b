package io.millrace.jobs.simulate;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** A skewed choice among the first n of some things. */
final class Popularity {

    /** cumulative[i] is the weight of things 0 to i together. */
    private final double[] cumulative;

    private Popularity(double[] weights) {
        cumulative = weights.clone();
        Arrays.parallelPrefix(cumulative, Double::sum);
    }

    /** The thing of rank r has weight r^-skew; ranks are dealt at random. */
    static Popularity zipf(RandomGenerator random, int things, double skew) {
        double[] weights = new double[things];
        Arrays.setAll(weights, i -> Math.pow(i + 1, -skew));
        for (int i = things - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            double swapped = weights[i];
            weights[i] = weights[j];
            weights[j] = swapped;
        }
        return new Popularity(weights);
    }

    /** Draws one of the first {@code among} things. */
    int draw(RandomGenerator random, int among) {
        double target = random.nextDouble() * cumulative[among - 1];
        int found = Arrays.binarySearch(cumulative, 0, among, target);
        return found >= 0 ? Math.min(found + 1, among - 1) : -found - 1;
    }
}
