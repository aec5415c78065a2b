package io.millrace.model.evaluate;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The paired randomization test over windows, two-sided. If two series are equally good, it does
 * not matter which of them made which predictions of a window; so in each window their predictions
 * are swapped or not, by chance, and the p-value is the share of swaps after which the two differ
 * at least as much as they did (Fisher, The Design of Experiments, 1935, section 21; Smucker, Allan
 * and Carterette, A Comparison of Statistical Significance Tests for Information Retrieval
 * Evaluation, CIKM 2007).
 *
 * <p>All 2<sup>windows</sup> swaps are tried where they are no more than the draws asked for; else
 * p = (1 + hits) / (1 + draws), never 0 (Phipson and Smyth, 2010).
 */
final class WindowSwaps {

    /** Below it two differences are told apart by rounding alone. */
    private static final double ROUNDING = 1e-12;

    private final Measures measures;
    private final int bins;
    private final int groups;

    /** Sums of both series together, halved, and half of what the first has more than the other. */
    private final double[] mean;

    private final double[][] halves;
    private final double[] shift;
    private final double[] first;
    private final double[] second;
    private final double[] firstValues;
    private final double[] secondValues;

    /**
     * @param a one series' windows, each with an example
     * @param b the other's, the same windows in the same bins
     */
    WindowSwaps(Tallies a, Tallies b, Measures measures) {
        this.measures = measures;
        bins = a.bins();
        groups = a.groups();
        int stride = a.stride();
        mean = new double[stride];
        halves = new double[groups][stride];
        for (int group = 0; group < groups; group++) {
            for (int i = 0; i < stride; i++) {
                double left = a.sums()[a.at(group) + i];
                double right = b.sums()[b.at(group) + i];
                mean[i] += (left + right) / 2;
                halves[group][i] = (left - right) / 2;
            }
        }
        shift = new double[stride];
        first = new double[stride];
        second = new double[stride];
        firstValues = new double[measures.names().size()];
        secondValues = new double[firstValues.length];
    }

    /** The p-value of each metric; NaN where there are too few windows or draws to tell. */
    double[] pValues(int draws, long seed) {
        int metrics = firstValues.length;
        double[] p = new double[metrics];
        if (groups < Bootstrap.FEWEST || draws == 0) {
            Arrays.fill(p, Double.NaN);
            return p;
        }
        double[] observed = differences(new long[words()]);
        boolean exact = groups < Integer.SIZE - 1 && 1 << groups <= draws;
        int tried = exact ? 1 << groups : draws;
        int[] hits = new int[metrics];
        SplittableRandom random = new SplittableRandom(seed);
        long[] swapped = new long[words()];
        for (int draw = 0; draw < tried; draw++) {
            if (exact) {
                swapped[0] = draw;
            } else {
                Arrays.setAll(swapped, word -> random.nextLong());
            }
            double[] differences = differences(swapped);
            for (int metric = 0; metric < metrics; metric++) {
                double rounding =
                        ROUNDING * (Math.abs(firstValues[metric]) + Math.abs(secondValues[metric]));
                if (Math.abs(differences[metric]) >= Math.abs(observed[metric]) - rounding) {
                    hits[metric]++;
                }
            }
        }
        for (int metric = 0; metric < metrics; metric++) {
            p[metric] =
                    exact ? (double) hits[metric] / tried : (1.0 + hits[metric]) / (1.0 + tried);
        }
        return p;
    }

    private int words() {
        return (groups + Long.SIZE - 1) / Long.SIZE;
    }

    /** The first series minus the second when the windows whose bit is set are swapped. */
    private double[] differences(long[] swapped) {
        Arrays.fill(shift, 0);
        for (int group = 0; group < groups; group++) {
            boolean swap = ((swapped[group / Long.SIZE] >>> group) & 1) != 0;
            addTimes(halves[group], swap ? -1 : 1, shift);
        }
        for (int i = 0; i < shift.length; i++) {
            first[i] = mean[i] + shift[i];
            second[i] = mean[i] - shift[i];
        }
        measures.values(first, 0, bins, firstValues);
        measures.values(second, 0, bins, secondValues);
        double[] differences = new double[firstValues.length];
        Arrays.setAll(differences, metric -> firstValues[metric] - secondValues[metric]);
        return differences;
    }

    private static void addTimes(double[] from, double times, double[] to) {
        for (int i = 0; i < to.length; i++) {
            to[i] += times * from[i];
        }
    }
}
