package io.millrace.jobs.cli.explain;

import io.millrace.model.explain.PairStrengths;
import java.util.Arrays;

/** How many digits of numbers count: enough to tell numbers apart that are nearly alike. */
final class Digits {

    /** Two digits tell numbers apart that spread as far as their largest. */
    private static final int LEAST = 2;

    private static final int MOST = 5;

    /** A spread of less than this share of the largest takes a digit more; of a tenth of it two. */
    private static final double NEARLY_ALIKE = 0.5;

    private Digits() {}

    static int telling(double min, double max) {
        int digits = LEAST;
        double share = NEARLY_ALIKE;
        while (digits < MOST && max > min && max - min < share * Math.abs(max)) {
            digits++;
            share /= 10;
        }
        return digits;
    }

    /** For the cells of maps. */
    static int telling(PairStrengths pairs) {
        double[] values = pairs.values();
        return telling(
                Arrays.stream(values).min().orElse(0), Arrays.stream(values).max().orElse(1));
    }
}
