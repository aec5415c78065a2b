package io.millrace.model.evaluate;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The percentile bootstrap over windows: as many windows as there are, drawn with replacement, make
 * a replicate of each metric; the interval lies between the {@value #LOW} and {@value #HIGH}
 * quantiles of the replicates (Efron and Tibshirani, An Introduction to the Bootstrap, 1993,
 * section 13.3). Windows, not examples, are drawn because examples close in time are not
 * independent.
 *
 * <p>A metric that folds chance into one direction, as ECE does, is larger in nearly all replicates
 * than in the data. An interval therefore reaches at least to the value it is of.
 */
final class Bootstrap {

    /** Windows with examples below which nothing is said. */
    static final int FEWEST = 5;

    private static final double LOW = 0.025;
    private static final double HIGH = 0.975;

    /** The share of replicates that may leave a metric undefined, such as an AUC of one class. */
    private static final double UNDEFINED = 0.05;

    private Bootstrap() {}

    /**
     * Replicates of all metrics, [metric][replicate], NaN where one is not defined; none where
     * there are too few windows. Two tallies with the same number of groups are drawn alike, so
     * that their replicates are pairs.
     *
     * @param windows groups with at least one example
     */
    static double[][] replicates(Tallies windows, Measures measures, int replicates, long seed) {
        int metrics = measures.names().size();
        int groups = windows.groups();
        if (groups < FEWEST) {
            return new double[metrics][0];
        }
        SplittableRandom random = new SplittableRandom(seed);
        double[][] values = new double[metrics][replicates];
        double[] value = new double[metrics];
        double[] sums = new double[windows.stride()];
        int[] drawn = new int[groups];
        for (int replicate = 0; replicate < replicates; replicate++) {
            Arrays.fill(drawn, 0);
            for (int i = 0; i < groups; i++) {
                drawn[random.nextInt(groups)]++;
            }
            Arrays.fill(sums, 0);
            for (int group = 0; group < groups; group++) {
                if (drawn[group] > 0) {
                    addTimes(windows.sums(), windows.at(group), drawn[group], sums);
                }
            }
            measures.values(sums, 0, windows.bins(), value);
            for (int metric = 0; metric < metrics; metric++) {
                values[metric][replicate] = value[metric];
            }
        }
        return values;
    }

    private static void addTimes(double[] from, int at, double times, double[] to) {
        for (int i = 0; i < to.length; i++) {
            to[i] += times * from[at + i];
        }
    }

    /** The 95% interval of a metric, or of a difference, from its replicates; null without one. */
    static @Nullable Interval interval(double value, double[] replicates) {
        double[] sorted = Arrays.stream(replicates).filter(Double::isFinite).sorted().toArray();
        if (sorted.length == 0 || sorted.length < (1 - UNDEFINED) * replicates.length) {
            return null;
        }
        return new Interval(
                Math.min(value, quantile(sorted, LOW)), Math.max(value, quantile(sorted, HIGH)));
    }

    /** Between two order statistics in proportion (Hyndman and Fan, 1996, definition 7). */
    private static double quantile(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }

    record Interval(double low, double high) {}
}
