package io.millrace.jobs.cli.bench;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Draws ranks with probability proportional to (rank + 1)^-skew, in constant time by the alias
 * method (Vose, A linear algorithm for generating random numbers with a given distribution, IEEE
 * Transactions on Software Engineering 17(9), 1991).
 */
final class Zipf {

    private final double[] threshold;
    private final int[] alias;

    Zipf(int ranks, double skew) {
        double[] scaled = new double[ranks];
        double sum = 0;
        for (int rank = 0; rank < ranks; rank++) {
            scaled[rank] = Math.pow(rank + 1, -skew);
            sum += scaled[rank];
        }
        for (int rank = 0; rank < ranks; rank++) {
            scaled[rank] *= ranks / sum;
        }
        threshold = new double[ranks];
        Arrays.fill(threshold, 1);
        alias = new int[ranks];
        pair(scaled);
    }

    int draw(SplittableRandom random) {
        int column = random.nextInt(threshold.length);
        return random.nextDouble() < threshold[column] ? column : alias[column];
    }

    /** Fills up each rank that has less than its share from one that has more. */
    private void pair(double[] scaled) {
        int[] small = new int[scaled.length];
        int[] large = new int[scaled.length];
        int smalls = 0;
        int larges = 0;
        for (int rank = 0; rank < scaled.length; rank++) {
            if (scaled[rank] < 1) {
                small[smalls++] = rank;
            } else {
                large[larges++] = rank;
            }
        }
        while (smalls > 0 && larges > 0) {
            int less = small[--smalls];
            int more = large[larges - 1];
            threshold[less] = scaled[less];
            alias[less] = more;
            scaled[more] -= 1 - scaled[less];
            if (scaled[more] < 1) {
                larges--;
                small[smalls++] = more;
            }
        }
    }
}
